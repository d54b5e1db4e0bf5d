"""The Metrics page with small tables of results."""

import io
import zipfile

import cv2
import numpy as np
import pytest
import streamlit as st

from skinapp.data import isic2018
from skinapp.labels import HAM7_CODES
from skinapp.models.weights import find_checkpoint, write_record
from skinapp.services.scoring.reported import SAMPLING_STUDY
from skinapp.services.scoring.tables import clinical_path, table_path, write_table
from skinapp.settings import settings

QUESTIONS = ("best", "attention", "failures", "probability", "fairness", "threshold", "papers")


def outline_rows(shift, frame="crop", **more):
    random = np.random.default_rng(0)
    for number, iou in enumerate(random.uniform(0.5, 0.9, 40)):
        yield {
            "image_id": f"P{number:02}",
            "frame": frame,
            "iou": round(iou + shift, 4),
            "dice": round(iou + shift + 0.05, 4),
            "hair": 0.01 * number % 0.2,
            **{key: value[number % len(value)] for key, value in more.items()},
        }


def class_rows(**more):
    random = np.random.default_rng(1)
    for number in range(70):
        code = HAM7_CODES[number % 7]
        probs = random.dirichlet(np.ones(7) + 4 * (np.array(HAM7_CODES) == code))
        yield (
            {"image_id": f"H{number}", "lesion_id": f"L{number // 2}", "dx": code}
            | dict(zip(HAM7_CODES, probs.round(5), strict=True))
            | {key: value[number % len(value)] for key, value in more.items()}
        )


@pytest.fixture
def results(environment, weights_dir, tmp_path):
    """A copy of the records with tables of every kind; the page reads these."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in weights_dir.iterdir():
        if path.is_file():
            (folder / path.name).symlink_to(path)
    for name, shift in (("unet", 0.0), ("unet-attention", 0.02)):
        of_classes = outline_rows(shift, "ham10000", dx=HAM7_CODES, lesion_id=("A", "B", "C"))
        write_table(table_path(name, folder), [*outline_rows(shift), *of_classes])
    write_table(table_path("mobilenetv2-ham7", folder), list(class_rows()))
    clinical = class_rows(patient_id=("p", "q", "r"), fitzpatrick=(1, 2, 3, 4, ""))
    write_table(clinical_path("mobilenetv2-ham7", folder), list(clinical))
    environment(SKINAPP_WEIGHTS=str(folder), SKINAPP_DATA=str(tmp_path / "nowhere"))
    return folder


@pytest.fixture
def metrics(app, results):
    return app.switch_page("pages/metrics.py").run()


def ask(page, question):
    page.segmented_control(key="metrics_question").set_value(question).run()
    assert not page.exception, page.exception
    return page


def words(page):
    parts = (*page.header, *page.subheader, *page.markdown, *page.caption, *page.info, *page.warning)
    return "\n".join(str(part.value) for part in parts)


def scorecard(page):
    """The table with the intervals."""
    return next(part.proto.body for part in page.get("html") if "scorecard" in part.proto.body)


def headline(page):
    """What the numbers say on the chosen question."""
    return page.header[0].value


def test_it_opens_with_the_sentence_and_the_notice(metrics):
    assert not metrics.exception
    assert metrics.title[0].value == "Metrics"
    assert "not a medical device" in words(metrics)
    assert headline(metrics).startswith(
        "IoU: U-Net + spatial attention leads with 0.735 (0.696 to 0.770), n = 40."
    )
    assert headline(metrics).endswith("The interval of one other overlaps with it.")
    ask(metrics, "attention")
    assert headline(metrics).startswith("Attention changed the IoU of U-Net by +0.020 on average")
    assert headline(metrics).endswith("n = 40, 1 training of each): an improvement.")


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_an_answer(metrics, question):
    ask(metrics, question)
    assert headline(metrics)
    assert not metrics.info, "nothing is missing in these tables"


@pytest.mark.parametrize("question", QUESTIONS)
def test_without_any_results_every_question_says_what_to_do(app, environment, tmp_path, question):
    environment(SKINAPP_WEIGHTS=str(tmp_path / "nowhere"))
    app.switch_page("pages/metrics.py").run()
    ask(app, question)
    assert "python -m skinapp evaluate" in words(app)


def test_lists_and_refusals_are_told_where_they_were_fitted(app, results):
    name = "mobilenetv2-ham7"
    held = {"test_n": 40, "test_coverage": 0.9034, "test_mean_size": 1.25}
    sets = {"0.9": held | {"thresholds": {"nv": 0.7}, "test_coverage_by_class": {"mel": 0.912, "df": 0.5}}}
    lesions = {"n": 1496, "refused": 0.03, "warned": 0.01}
    gate = {"refuse_over": 1.0, "dermoscopy": {"ham10000": lesions}, "drawn_refused": {"n": 320, "all": 0.97}}
    record = find_checkpoint(name, results).record | {"prediction_sets": sets, "gate": gate}
    write_record(name, results, record)
    app.switch_page("pages/metrics.py").run()
    ask(app, "probability")
    lists, refusals = (table.value for table in app.table[-2:])
    assert lists.iloc[0].tolist() == ["90%", "90.3%", "91.2%", "df 50%", "1.25"]
    assert refusals["Not named"].tolist() == ["3%", "97%"]
    assert "n = 40 test photographs" in words(app)
    sets["0.9"]["test_coverage_untold"] = 0.8712
    write_record(name, results, record)
    st.cache_data.clear()
    app.run()
    assert app.table[-2].value["Held without age, sex and site"].tolist() == ["87.1%"]


def test_seeds_take_the_place_of_the_single_training(app, results):
    seeds = results / "seeds"
    seeds.mkdir()
    for seed in (1, 2):
        for name, shift in (("unet", 0.0), ("unet-attention", -0.03)):
            write_table(seeds / f"{name}.seed{seed}.test.csv", list(outline_rows(shift)))
    app.switch_page("pages/metrics.py").run()
    ask(app, "attention")
    assert "by −0.030 on average" in words(app) and "2 trainings of each" in words(app)


def test_a_threshold_is_set_and_counted_in_people(metrics):
    ask(metrics, "threshold")
    metrics.button(key="metrics_threshold_fix").click().run()
    assert not metrics.exception
    assert "Of 1,000 people 20 have melanoma" in headline(metrics)
    assert "19 are found" in headline(metrics) or "20 are found" in headline(metrics)


def test_few_cases_leave_out_what_they_cannot_tell(app, results):
    """Some draws of so few hold no melanoma at all."""
    rows = [row | {"dx": "mel" if number == 0 else "nv"} for number, row in enumerate(class_rows())][:20]
    write_table(table_path("mobilenetv2-ham7", results), rows)
    app.switch_page("pages/metrics.py").run()
    ask(app, "threshold")
    assert "of 20 are positive" in words(app)
    ask(app, "best").segmented_control(key="metrics_best_task").set_value("class").run()
    assert not app.exception and "nan" not in scorecard(app).lower()


def test_failures_are_counted_by_who_misses(app, results):
    ious = {"unet": (0.9, 0.64, 0.64, 0.65), "unet-attention": (0.9, 0.3, 0.7, 0.2)}
    for name, values in ious.items():
        rows = [{"image_id": str(n), "frame": "crop", "iou": iou} for n, iou in enumerate(values)]
        write_table(table_path(name, results), rows)
    app.switch_page("pages/metrics.py").run()
    ask(app, "failures")
    assert headline(app).startswith(
        "On 1 of 4 test photographs both miss the lesion (IoU below 0.65); U-Net alone does on 1"
    )
    assert headline(app).endswith("U-Net + spatial attention alone on 1.")


def test_old_tables_say_that_kinds_were_not_measured(app, results):
    for name in ("unet", "unet-attention"):
        rows = [{key: row[key] for key in ("image_id", "frame", "iou")} for row in outline_rows(0)]
        write_table(table_path(name, results), rows)
    app.switch_page("pages/metrics.py").run()
    ask(app, "failures")
    assert "python -m skinapp evaluate" in words(app)


def zipped(names):
    out = io.BytesIO()
    black = cv2.imencode(".png", np.zeros((64, 64), np.uint8))[1].tobytes()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, black)
    return out.getvalue()


def test_a_zip_of_predictions_becomes_a_row(app, results, environment, data_dir):
    truth = data_dir / isic2018.FOLDER / isic2018.MASKS
    environment(SKINAPP_WEIGHTS=str(results), SKINAPP_DATA=str(data_dir))
    assert settings().data_dir == data_dir and truth.is_dir()
    page = app.switch_page("pages/metrics.py").run()
    data = zipped(["P10_segmentation.png", "other.png"])
    page.file_uploader(key="metrics_given_outline").set_value([("team.zip", data, "application/zip")]).run()
    page.button(key="metrics_score_outline").click().run()
    assert not page.exception
    assert "**team**: 1 of 2 scored" in words(page)
    assert "2 files or rows could not count" in words(page)


def test_a_bad_zip_is_refused_with_a_hint(metrics):
    given = metrics.file_uploader(key="metrics_given_outline")
    given.set_value([("team.zip", b"no zip", "application/zip")]).run()
    metrics.file_uploader(key="metrics_truth_outline").set_value(
        [("truth.zip", zipped(["P10_segmentation.png"]), "application/zip")]
    ).run()
    metrics.button(key="metrics_score_outline").click().run()
    assert not metrics.exception
    assert "not a zip" in words(metrics) and "Pack the masks" in words(metrics)


def test_two_classes_stand_beside_seven_only_in_what_both_answer(metrics, results):
    rows = [
        {key: row[key] for key in ("image_id", "lesion_id", "dx")} | {"benign": 1 - prob, "malignant": prob}
        for row in class_rows()
        for prob in [row["akiec"] + row["bcc"] + row["mel"]]
    ]
    write_table(table_path("resnet50-vgg-binary", results), rows)
    title = "ResNet-50 + VGG, two classes"
    ask(metrics, "best").segmented_control(key="metrics_best_task").set_value("class").run()
    assert title not in scorecard(metrics)
    metrics.segmented_control(key="metrics_best_task").set_value("suspicion").run()
    assert not metrics.exception
    assert title in scorecard(metrics) and "MobileNetV2" in scorecard(metrics)
    for question in ("probability", "threshold"):
        ask(metrics, question)
        metrics.selectbox(key=f"metrics_{question}_classifier").set_value("resnet50-vgg-binary").run()
        assert not metrics.exception
    assert "a suspicious lesion" in words(metrics)


def test_what_metadata_changes_is_said_in_words(metrics, results):
    write_table(table_path("mobilenetv2-ham7-meta", results), list(class_rows()))
    record = find_checkpoint("mobilenetv2-ham7-meta", results).record
    gain = {"balanced_accuracy": [0.02, 0.004, 0.031], "accuracy": [0.01, -0.004, 0.024]}
    (results / "mobilenetv2-ham7-meta.json").unlink()
    write_record("mobilenetv2-ham7-meta", results, record | {"figures": {"gain_of_metadata": gain}})
    page = ask(metrics, "best")
    page.segmented_control(key="metrics_best_task").set_value("class").run()
    assert "Balanced accuracy on the same photographs: +0.020" in words(page)
    assert "+0.031), an improvement." in words(page)


def study_table():
    for unit, shift in (("lesion", 0.0), ("image", 0.03)):
        for number, (sampling, ratio) in enumerate(SAMPLING_STUDY):
            accuracy = 0.6 + 0.02 * number + shift
            yield {
                "model": "mobilenetv2-ham7",
                "unit": unit,
                "sampling": sampling,
                "ratio": ratio,
                "side_px": 96,
                "test_n": 100,
                "shared": 25 if unit == "image" else 0,
                **{f"{key}{end}": accuracy + gap for key in MEASURES for end, gap in ENDS},
            }


MEASURES, ENDS = ("accuracy", "balanced_accuracy"), (("", 0.0), ("_low", -0.02), ("_high", 0.02))


def test_the_sampling_study_stands_beside_the_papers(metrics, results):
    write_table(results / "sampling-study.csv", list(study_table()))
    ask(metrics, "papers").segmented_control(key="metrics_papers_task").set_value("class").run()
    assert not metrics.exception
    assert "The sampling study, done again here" in [part.value for part in metrics.subheader]
    assert "25%" in words(metrics) and "+0.030" in words(metrics)
    assert "mobilenetv2-ham7, 96 px" in words(metrics)


def test_a_study_that_never_ran_is_not_mentioned(metrics):
    ask(metrics, "papers").segmented_control(key="metrics_papers_task").set_value("class").run()
    assert "The sampling study, done again here" not in [part.value for part in metrics.subheader]
