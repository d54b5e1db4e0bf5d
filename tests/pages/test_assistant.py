def said(app):
    return "\n".join(element.value for element in app.markdown)


def test_it_answers_without_any_key_and_names_its_sources(app):
    app.switch_page("pages/assistant.py").run()
    assert not app.exception
    app.chat_input[0].set_value("What is melanoma?").run()
    assert not app.exception
    assert "Melanoma is a cancer of the pigment cells" in said(app)
