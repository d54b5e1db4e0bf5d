const view = { zoom: 1, x: 0.5, y: 0.5 };

export default function ({ data, parentElement }) {
  const find = (name) => parentElement.querySelector(name);
  const row = find(".row"), range = find("input");
  // Streamlit may build the element anew when its pictures change; what the visitor chose outlives that.
  const kept = (globalThis.skinappViews ??= new Map());
  if (!kept.has(data.key)) kept.set(data.key, { ...view });
  const state = kept.get(data.key);
  find("label").textContent = data.zoomLabel;
  range.setAttribute("aria-label", data.zoomLabel);
  find("button").textContent = data.resetLabel;
  find("small").textContent = data.help;
  row.setAttribute("aria-label", data.rowLabel);
  row.classList.toggle("grid", data.columns > 0);
  row.style.setProperty("--columns", data.columns || 1);
  row.style.setProperty("--aspect", data.aspect);

  const tag = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };
  const drawn = (width, height, lines) => {
    const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const line of lines)
      for (const isEdge of line.edged ? [true, false] : [false]) { // a dark edge under the line: reads on any skin
        const path = document.createElementNS(space, "path");
        path.setAttribute("d", line.path);
        if (isEdge) path.setAttribute("class", "edge");
        else path.setAttribute("style", `stroke: ${line.colour}; stroke-dasharray: ${line.dash}`);
        svg.append(path);
      }
    return svg;
  };
  const captioned = (panel) => {
    const caption = tag("figcaption"), label = tag("strong", "", panel.label);
    if (panel.sample) {
      const sample = drawn(24, 8, [{ ...panel.sample, path: "M0 4H24" }]);
      sample.setAttribute("aria-hidden", "true");
      label.prepend(sample);
    }
    const badges = tag("div", "badges");
    for (const text of panel.badges) badges.append(tag("span", "", text), " ");
    caption.append(label, tag("span", "words", panel.words), ...(panel.badges.length ? [badges] : []));
    return caption;
  };
  const figures = data.panels.map((panel) => {
    const figure = tag("figure", panel.wide ? "wide" : ""), frame = tag("div", "window");
    const layer = tag("div", "layer"), image = tag("img");
    image.src = panel.source;
    image.alt = panel.label;
    image.draggable = false;
    layer.append(image);
    if (panel.outlines.length) layer.append(drawn(data.width, data.height, panel.outlines));
    frame.append(layer);
    if (panel.mark) frame.append(tag("div", "mark", panel.mark));
    figure.append(frame, captioned(panel));
    return figure;
  });
  const blocks = new Map(); // panels of one group stand in one block
  data.panels.forEach((panel, index) => {
    const name = panel.group || index;
    if (!blocks.has(name)) blocks.set(name, panel.group ? tag("div", "group") : figures[index]);
    if (panel.group) blocks.get(name).append(figures[index]);
  });
  row.replaceChildren(...blocks.values());

  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const draw = () => {
    const half = 0.5 / state.zoom;
    state.x = clamp(state.x, half, 1 - half);
    state.y = clamp(state.y, half, 1 - half);
    const move = `${100 * (0.5 - state.x * state.zoom)}%, ${100 * (0.5 - state.y * state.zoom)}%`;
    for (const layer of row.querySelectorAll(".layer"))
      layer.style.transform = `translate(${move}) scale(${state.zoom})`;
    row.classList.toggle("zoomed", state.zoom > 1);
    row.dataset.zoom = state.zoom;
    range.value = state.zoom;
    find("output").textContent = `${Number(state.zoom.toFixed(2))}×`;
  };
  const zoomTo = (zoom, x = state.x, y = state.y) => {
    const next = clamp(zoom, 1, 8), pull = 1 - state.zoom / next; // the point under the pointer stays
    state.x += (x - state.x) * pull;
    state.y += (y - state.y) * pull;
    state.zoom = next;
    draw();
  };
  const place = (event, frame) => {
    const box = frame.getBoundingClientRect();
    return [state.x + ((event.clientX - box.left) / box.width - 0.5) / state.zoom,
            state.y + ((event.clientY - box.top) / box.height - 0.5) / state.zoom];
  };
  range.oninput = () => zoomTo(Number(range.value));
  find("button").onclick = () => { Object.assign(state, view); draw(); };

  const fingers = new Map();
  for (const frame of row.querySelectorAll(".window")) {
    frame.onwheel = (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomTo(state.zoom * Math.exp(-event.deltaY / 300), ...place(event, frame));
    };
    frame.ondblclick = (event) => zoomTo(state.zoom > 1 ? 1 : 4, ...place(event, frame));
    frame.onpointerdown = (event) => {
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (state.zoom > 1) frame.setPointerCapture(event.pointerId);
    };
    frame.onpointermove = (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      const { width, height } = frame.getBoundingClientRect();
      const others = [...fingers].filter(([id]) => id !== event.pointerId);
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (others.length) {
        const [x, y] = others[0][1];
        const span = (point) => Math.hypot(point[0] - x, point[1] - y) || 1;
        zoomTo((state.zoom * span([event.clientX, event.clientY])) / span(last));
      } else if (state.zoom > 1) {
        state.x -= (event.clientX - last[0]) / width / state.zoom;
        state.y -= (event.clientY - last[1]) / height / state.zoom;
        draw();
      }
    };
    frame.onpointerup = frame.onpointercancel = (event) => fingers.delete(event.pointerId);
  }
  row.onkeydown = (event) => {
    const step = 0.1 / state.zoom;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === "+" || event.key === "=") zoomTo(state.zoom * 1.5);
    else if (event.key === "-") zoomTo(state.zoom / 1.5);
    else if (event.key === "0") { Object.assign(state, view); draw(); }
    else if (event.key in moves && state.zoom > 1) {
      state.x += moves[event.key][0];
      state.y += moves[event.key][1];
      draw();
    } else return;
    event.preventDefault();
  };
  draw();
}
