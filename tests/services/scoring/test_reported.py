import pytest

from skinapp.services.scoring.reported import SMARTPHONE_MATRIX, from_matrix, reported_rows


def test_what_the_confusion_matrix_of_the_smartphone_study_gives():
    """By hand: 53 of 74 malignant found, 686 of 777 benign left, 53 of 144 called are malignant."""
    figures = from_matrix(SMARTPHONE_MATRIX)
    assert figures["recall"] == pytest.approx(53 / 74)
    assert figures["specificity"] == pytest.approx(686 / 777)
    assert figures["precision"] == pytest.approx(53 / 144)
    assert figures["f1"] == pytest.approx(2 * 53 / (2 * 53 + 91 + 21))
    assert figures["accuracy"] == pytest.approx(739 / 851)
    assert figures["balanced_accuracy"] == pytest.approx((53 / 74 + 686 / 777) / 2)


def test_both_forms_of_that_study_are_shown():
    phone = [row for row in reported_rows() if row.paper == "Smartphone binary classifier"]
    assert [row.figures["f1"] for row in phone] == [0.243, pytest.approx(0.4862, abs=1e-4)]


def test_every_paper_with_figures_has_a_row():
    assert len({row.paper for row in reported_rows()}) == 5
    assert all(0 < value < 1 for row in reported_rows() for value in row.figures.values())
