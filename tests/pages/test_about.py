from skinapp.models import registry


def test_about_lists_every_model_and_the_notice(app):
    app.switch_page("pages/about.py").run()
    assert not app.exception
    assert [element.value for element in app.caption if "not a medical device" in element.value]
    shown = {expander.label for expander in app.expander}
    assert {registry.card(name).title for name in registry.names()} <= shown
    assert len(app.table) >= 2


def test_about_opens_without_weights(app, environment, tmp_path):
    environment(SKINAPP_WEIGHTS=str(tmp_path / "nowhere"))
    app.switch_page("pages/about.py").run()
    assert not app.exception
    assert "not installed" in app.table[0].value.to_string()
