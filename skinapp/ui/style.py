"""The few rules of style that Streamlit's theme does not hold.

Pictures sit in equal squares without being cropped; on a phone a row of pictures becomes a strip that is
swiped, one picture and the edge of the next in view.
"""

STYLE = """
<style>
[data-testid="stSidebarNavLink"]::before {
  font-family: "Material Symbols Rounded"; font-size: 1.15rem; line-height: 1; content: "search";
}
[data-testid="stSidebarNavLink"][href$="/enhance"]::before { content: "zoom_in"; }
[data-testid="stSidebarNavLink"][href$="/compare"]::before { content: "compare"; }
[data-testid="stSidebarNavLink"][href$="/metrics"]::before { content: "leaderboard"; }
[data-testid="stSidebarNavLink"][href$="/assistant"]::before { content: "forum"; }
[data-testid="stSidebarNavLink"][href$="/clinics"]::before { content: "local_hospital"; }
[data-testid="stSidebarNavLink"][href$="/live"]::before { content: "videocam"; }
[data-testid="stSidebarNavLink"][href$="/about"]::before { content: "info"; }

[data-testid="stMainBlockContainer"] { padding: 3.2rem 2.5rem 4rem; max-width: 96rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.9rem; padding-bottom: 0; }

[data-testid="stCaptionContainer"] { color: inherit; opacity: 0.75; }
[data-testid^="stBaseButton-primary"]:enabled, [data-testid^="stBaseButton-primary"]:enabled :is(p, span) {
  color: light-dark(#FFFFFF, #12171D);
}

[class*="st-key-panels"] [data-testid="stImage"] img,
[class*="st-key-gallery"] [data-testid="stImage"] img {
  aspect-ratio: 1; object-fit: contain; width: 100%; border-radius: 0.5rem;
  background: color-mix(in srgb, currentColor 5%, transparent);
}
[class*="st-key-gallery"] [data-testid="stImage"] img { object-fit: cover; }
[class*="st-key-gallery"] [data-testid="stColumn"] { min-width: 5.5rem; }
[class*="st-key-panels"] [data-testid="stHorizontalBlock"] { overflow-y: hidden; }
[class*="st-key-panels"] [data-testid="stColumn"] [data-testid="stVerticalBlock"] { gap: 0.5rem; }
[class*="st-key-analyze_table"] [data-testid="stElementToolbar"] { display: none; }
[class*="st-key-panels"] [data-testid="stCaptionContainer"] p { line-height: 1.35; }

[class*="st-key-metrics_measurements"] [data-testid="stMetricLabel"] * { white-space: normal; }

[class*="st-key-urgent"] {
  border-left: 0.3rem solid #E69F00; border-radius: 0.5rem; padding: 0.8rem 1rem;
  background: color-mix(in srgb, #E69F00 10%, transparent);
}
[class*="st-key-turn_"] { scroll-margin-top: 4rem; }
[data-testid="stChatMessage"] h1, [data-testid="stChatMessage"] h2 { font-size: 1.1rem; }

.scale { display: flex; align-items: center; gap: 0.4rem; font-size: 0.75rem; opacity: 0.85; }
.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; font-size: 0.8125rem; opacity: 0.85; }
.legend span { display: inline-flex; align-items: center; gap: 0.4rem; }
.legend img { width: 1.6rem; height: 0.95rem; border-radius: 0.2rem; }
.legend img.bar { width: 5rem; height: 0.6rem; }
.scale img { flex: 1; height: 0.6rem; border-radius: 0.3rem; min-width: 3rem; }

.scorecard { overflow-x: auto; padding-bottom: 0.4rem; }
.scorecard table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scorecard th, .scorecard td {
  padding: 0.45rem 0.5rem; text-align: left; vertical-align: top; white-space: nowrap; font-weight: 400;
  border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent);
}
.scorecard thead th { font-size: 0.85rem; opacity: 0.85; vertical-align: bottom; }
.scorecard thead th[aria-sort] { font-weight: 700; opacity: 1; }
.scorecard tbody th { font-weight: 600; white-space: normal; min-width: 8rem; }
.scorecard small { display: block; font-weight: 400; font-size: 0.75rem; opacity: 0.75; }
.whisker { position: relative; height: 0.7rem; min-width: 3.6rem; margin: 0.1rem 0.2rem; }
.whisker i {
  position: absolute; top: 0.27rem; height: 0.16rem; border-radius: 1px;
  background: currentColor; opacity: 0.45;
}
.whisker b {
  position: absolute; top: 0.1rem; width: 0.5rem; height: 0.5rem; margin-left: -0.25rem; border-radius: 50%;
  background: #56B4E9; outline: 1.5px solid currentColor;
}

[data-testid="stMainBlockContainer"] h2 { font-size: 1.4rem; }
[data-testid="stMainBlockContainer"] h3 { font-size: 1.2rem; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] > div:has(.st-key-frame_bottom) {
  order: 9;
}
[class*="st-key-live_video"] { max-width: 56rem; margin-inline: auto; }
.st-key-live_line { max-width: 56rem; margin-inline: auto; }
.live { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; flex-wrap: wrap; }
.live b { font-size: 1.35rem; line-height: 1.3; }
.live em { font-style: normal; }
.live small { opacity: 0.75; white-space: nowrap; font-variant-numeric: tabular-nums; }
.st-key-measurements [data-testid="stMetricValue"] { font-size: 1.3rem; }

@media (max-width: 960px) {
  [class*="st-key-panels"] [data-testid="stHorizontalBlock"] { overflow-x: auto; }
  [class*="st-key-panels"] [data-testid="stColumn"] { flex: 0 0 15rem; min-width: 15rem; }
  .st-key-look [data-testid="stHorizontalBlock"],
  .st-key-findings > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-look [data-testid="stColumn"],
  .st-key-findings > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]
  > [data-testid="stColumn"] { flex: 1 1 100%; min-width: 100%; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; }
  [data-testid="stMainBlockContainer"] h1 { font-size: 1.5rem; }
  [class*="st-key-panels"] [data-testid="stHorizontalBlock"] {
    flex-wrap: nowrap; overflow-x: auto; scroll-snap-type: x mandatory; padding-bottom: 0.5rem;
  }
  [class*="st-key-panels"] [data-testid="stColumn"] {
    flex: 0 0 82%; min-width: 82%; scroll-snap-align: start;
  }
}
</style>
"""
