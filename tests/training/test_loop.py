"""Whole trainings of tiny models on drawn discs."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from skinapp.data import isic2018
from skinapp.errors import ModelError
from skinapp.models import registry
from skinapp.models.storage import as_kept
from skinapp.models.weights import find_checkpoint, load_model
from skinapp.training.loop import train, trained_card
from skinapp.training.task import DataChoice, training_task
from skinapp.training.trainer import RunOptions, Trainer, predict


def options(folder, **changes):
    return replace(RunOptions(run_dir=folder / "runs", weights_dir=folder / "weights"), **changes)


def recipe(name, **changes):
    return replace(registry.card(name).recipe, **changes)


def test_a_segmenter_learns_discs_and_its_record_tells_how(data_dir, tmp_path):
    longer = recipe("tiny-unet", stages=((20, 64), (4, 64)), batch_size=2, ema_decay=0.5, patience=24)
    record = train("tiny-unet", DataChoice(data_dir), options(tmp_path), longer)
    scores = [point["val_iou"] for point in record["curve"]]
    assert len(scores) == 24
    assert max(scores) > 0.6
    assert record["curve"][record["best_epoch"] - 1]["val_iou"] == max(scores)
    written = json.loads((tmp_path / "weights" / "tiny-unet.json").read_text())
    assert written["settings"]["loss"] == "bce-dice"
    assert written["settings"]["split"] == "splits.csv"
    model, checkpoint = load_model("tiny-unet", tmp_path / "weights")
    assert checkpoint.sha256 == written["sha256"]
    assert not model.training


def test_a_classifier_gets_a_temperature_from_its_validation_rows(data_dir, tmp_path):
    record = train("tiny-ham7", DataChoice(data_dir), options(tmp_path))
    _, checkpoint = load_model("tiny-ham7", tmp_path / "weights")
    assert checkpoint.temperature == record["temperature"] > 0
    assert all(step["val_log_likelihood"] < 0 for step in record["curve"])


def test_the_temperature_is_that_of_the_weights_as_they_are_kept(data_dir, tmp_path, monkeypatch):
    card = replace(registry.card("tiny-ham7"), bits=8)
    monkeypatch.setattr(registry, "card", lambda _name: card)
    asked = {}

    def calibrated(network, *_):
        asked.update({key: tensor.clone() for key, tensor in network.state_dict().items()})
        return {"temperature": 1.5}

    monkeypatch.setattr("skinapp.training.loop.calibrated", calibrated)
    train("tiny-ham7", DataChoice(data_dir), options(tmp_path))
    kept, checkpoint = load_model("tiny-ham7", tmp_path / "weights")
    assert checkpoint.temperature == 1.5
    for key, tensor in kept.state_dict().items():
        torch.testing.assert_close(asked[key], tensor, rtol=1e-6, atol=0)


def test_an_interrupted_run_ends_with_the_very_same_weights(data_dir, tmp_path, monkeypatch):
    twice = recipe("tiny-unet", stages=((3, 64),))
    choice = DataChoice(data_dir)
    train("tiny-unet", choice, options(tmp_path / "straight"), twice)

    save = Trainer._save

    def save_and_stop(trainer):
        save(trainer)
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "_save", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        train("tiny-unet", choice, options(tmp_path / "broken"), twice)
    monkeypatch.undo()
    record = train("tiny-unet", choice, options(tmp_path / "broken"), twice)

    assert [point["epoch"] for point in record["curve"]] == [1, 2, 3]
    hashes = [
        json.loads((tmp_path / run / "weights" / "tiny-unet.json").read_text())["sha256"]
        for run in ("straight", "broken")
    ]
    assert hashes[0] == hashes[1]


def test_an_interrupted_run_takes_up_its_hints(data_dir, weights_dir, tmp_path):
    teacher = find_checkpoint("tiny-ham7", weights_dir).path
    card = trained_card("tiny-ham7", recipe("tiny-ham7", stages=((1, 64),), hints=1.0))
    known = options(tmp_path, teachers=(teacher,))
    trainers = [Trainer(card, training_task(card, DataChoice(data_dir)), known) for _ in range(2)]
    trainers[0].run_epoch()
    trainers[1].resume()
    first, second = (trainer.hints.state_dict() for trainer in trainers)
    assert len(first) == 6
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_priors_move_the_last_bias_alone(data_dir, tmp_path, monkeypatch):
    monkeypatch.setattr("skinapp.training.loop.prior_share", lambda *_: 0.5)
    monkeypatch.setattr("skinapp.training.loop.prior_shift", lambda counts, share: share * counts)
    choice, states = DataChoice(data_dir, limit=5), []  # one row of each of five classes
    for priors in (False, True):
        made = options(tmp_path / str(priors))
        changed = recipe("tiny-ham7", stages=((1, 64),), sampling="over", priors=priors)
        record = train("tiny-ham7", choice, made, changed)
        states.append(load_model("tiny-ham7", made.weights_dir)[0].state_dict())
    before, after = states
    assert record["prior_share"] == 0.5
    assert [key for key in after if not torch.equal(before[key], after[key])] == ["classifier.1.bias"]
    moved = after["classifier.1.bias"] - before["classifier.1.bias"]
    assert moved.numpy() == pytest.approx(np.array([1, 1, 1, 1, 1, 0, 0]) / 2, abs=2e-3)  # half precision


def test_evening_takes_out_of_what_is_calibrated_what_priors_would_put_in(data_dir, tmp_path, monkeypatch):
    monkeypatch.setattr("skinapp.training.loop.prior_shift", lambda counts, share: share * counts)
    choice, states, records = DataChoice(data_dir, limit=5), [], []
    for evening in (0.0, 0.5):
        made = options(tmp_path / str(evening))
        changed = recipe("tiny-ham7", stages=((1, 64),), evening=evening)
        records.append(train("tiny-ham7", choice, made, changed))
        states.append(load_model("tiny-ham7", made.weights_dir)[0].state_dict())
    assert [record["settings"]["evening"] for record in records] == [0.0, 0.5]
    before, after = states
    wanted = -records[0]["temperature"] * np.array([1, 1, 1, 1, 1, 0, 0]) / 2
    assert records[1]["evened_by"] == pytest.approx(wanted, rel=1e-3)
    moved = (after["classifier.1.bias"] - before["classifier.1.bias"]).numpy()
    assert moved == pytest.approx(wanted, rel=1e-3, abs=2e-3)

    evened = made.weights_dir / "tiny-ham7.safetensors"
    card = trained_card("tiny-ham7", recipe("tiny-ham7"))
    known = options(tmp_path, init=evened, teachers=(evened,))
    trainer = Trainer(card, training_task(card, choice), known)
    for other in ("tiny-vit7", "tiny-unet"):  # which start from its trunk alone
        card = trained_card(other, recipe(other))
        Trainer(card, training_task(card, choice), options(tmp_path, init=evened))
    for network in (trainer.model, trainer.teachers.models[0][0]):
        torch.testing.assert_close(
            network.classifier[-1].bias.data,
            before["classifier.1.bias"],
            rtol=0,
            atol=2e-3 * np.abs(wanted).max(),  # kept in half precision
        )


def test_a_training_without_epochs_fits_the_last_layer_alone(data_dir, weights_dir, tmp_path):
    start = find_checkpoint("tiny-ham7", weights_dir).path
    fitted = recipe("tiny-ham7", stages=((0, 64),), loss="cross-entropy", refit=1e-3)
    made = options(tmp_path, init=start)
    record = train("tiny-ham7", DataChoice(data_dir), made, fitted)
    assert (record["curve"], record["best_epoch"], record["input_px"]) == ([], 0, 64)
    before, after = (
        load_model("tiny-ham7", folder)[0].state_dict() for folder in (weights_dir, made.weights_dir)
    )
    changed = [key for key in after if not torch.equal(before[key], after[key])]
    assert changed == ["classifier.1.weight", "classifier.1.bias"]
    card = trained_card("tiny-ham7", fitted)
    task = training_task(card, DataChoice(data_dir))
    losses = [
        torch.nn.functional.cross_entropy(
            *predict(load_model("tiny-ham7", folder)[0], task.plain_set(64), card, made)
        )
        for folder in (weights_dir, made.weights_dir)
    ]
    assert losses[1] < losses[0]


def test_a_training_without_epochs_leaves_the_state_of_another_one_alone(data_dir, weights_dir, tmp_path):
    train("tiny-ham7", DataChoice(data_dir), options(tmp_path), recipe("tiny-ham7", stages=((1, 64),)))
    state = tmp_path / "runs" / "tiny-ham7" / "state.pt"
    before = state.read_bytes()
    made = options(tmp_path, init=weights_dir / "tiny-ham7.safetensors")
    fitted = recipe("tiny-ham7", stages=((0, 64),), loss="cross-entropy", refit=1e-3)
    assert train("tiny-ham7", DataChoice(data_dir), made, fitted)["curve"] == []
    assert state.read_bytes() == before


def test_a_training_goes_on_from_a_fitted_last_layer(data_dir, tmp_path, monkeypatch):
    card = trained_card("tiny-ham7", recipe("tiny-ham7", stages=((1, 64),), refit=1e-3))
    trainer = Trainer(card, training_task(card, DataChoice(data_dir)), options(tmp_path))
    trainer.refit()
    fitted = trainer.model.classifier[-1].weight.clone()
    assert torch.equal(trainer.average.module.classifier[-1].weight, fitted)
    trainer.run_epoch()
    assert trainer.best_epoch == 1
    assert not torch.equal(trainer.best_state["classifier.1.weight"], fitted)


def test_a_training_without_epochs_learns_the_head_alone(data_dir, tmp_path):
    torch.manual_seed(0)
    made = options(tmp_path, init=tmp_path / "start.safetensors")
    start = registry.entry("tiny-clip7").build()
    save_file(start.state_dict(), made.init)
    learnt = recipe("tiny-clip7", stages=((0, 64),), head_epochs=80, head_groups=2, batch_size=8)
    record = train("tiny-clip7", DataChoice(data_dir), made, learnt)
    assert (record["curve"], record["best_epoch"]) == ([], 0)
    trained = load_model("tiny-clip7", made.weights_dir)[0]
    before = as_kept(start.state_dict(), registry.card("tiny-clip7").bits)
    changed = {key for key, tensor in trained.state_dict().items() if not torch.equal(tensor, before[key])}
    assert changed == {key for key, _tensor in trained.classifier.named_parameters(prefix="classifier")} | {
        "classifier.0.running_mean",
        "classifier.0.running_var",
    }
    card = trained_card("tiny-clip7", learnt)
    rows = training_task(card, DataChoice(data_dir)).plain_set(64)
    losses = [
        torch.nn.functional.cross_entropy(*predict(network, rows, card, made))
        for network in (start.eval(), trained)
    ]
    assert losses[1] < 0.7 * losses[0]


def test_what_cannot_be_fitted_is_refused_before_it_is_trained(data_dir, tmp_path):
    refused = {
        "tiny-ham7": recipe("tiny-ham7", stages=((0, 64),)),
        "tiny-unet": recipe("tiny-unet", stages=((0, 64),), refit=0.1),
        "tiny-vit7": recipe("tiny-vit7", evening=0.5),
        "tiny-binary": recipe("tiny-binary", stages=((0, 64),), head_epochs=1),
    }
    for name, wrong in refused.items():
        with pytest.raises(ModelError) as error:
            train(name, DataChoice(data_dir), options(tmp_path), wrong)
        assert "--" in error.value.hint


def test_early_stopping_after_the_patience_without_gain(data_dir, tmp_path, monkeypatch):
    scores = iter([0.5, 0.6, 0.6, 0.55, 0.9])
    monkeypatch.setattr(Trainer, "validate", lambda trainer, side_px: next(scores))
    record = train(
        "tiny-unet",
        DataChoice(data_dir),
        options(tmp_path),
        recipe("tiny-unet", stages=((5, 64),), patience=2),
    )
    assert len(record["curve"]) == 4
    assert record["best_epoch"] == 2


def test_a_checkpoint_of_ours_can_be_the_start_and_is_named(data_dir, tmp_path):
    train("tiny-unet", DataChoice(data_dir, limit=4), options(tmp_path))
    start = tmp_path / "weights" / "tiny-unet.safetensors"
    record = train(
        "tiny-unet-attention", DataChoice(data_dir, limit=4), options(tmp_path / "twin", init=start)
    )
    assert record["init"]["file"] == "tiny-unet.safetensors"
    assert record["init"]["settings"]["loss"] == "bce-dice"


def test_extra_photographs_are_drawn_anew_each_epoch_and_reproducibly(data_dir):
    card = registry.card("tiny-unet")
    card = replace(card, recipe=replace(card.recipe, extra_ham10000=3))
    task = training_task(card, DataChoice(data_dir))
    keys = [[sample.key for sample in task.train_set(64, epoch).samples] for epoch in (0, 1, 0)]
    assert len(keys[0]) == 8 + 3
    assert keys[0] == keys[2] != keys[1]


def test_bfloat16_trains_too(data_dir, tmp_path):
    record = train("tiny-unet", DataChoice(data_dir, limit=4), options(tmp_path, precision="bfloat16"))
    assert torch.isfinite(torch.tensor(record["curve"][0]["loss"]))


def test_test_rows_are_never_read_in_training(data_dir, tmp_path):
    for path in data_dir.rglob("P1[01]*"):
        path.unlink()
    for path in data_dir.rglob("H*2*"):
        path.unlink()
    for name in ("tiny-unet", "tiny-ham7"):
        train(name, DataChoice(data_dir), options(tmp_path))


def test_frozen_stages_stay_as_they_start(data_dir, weights_dir, tmp_path):
    start, checkpoint = load_model("tiny-ham7", weights_dir)
    train(
        "tiny-ham7",
        DataChoice(data_dir),
        options(tmp_path, init=checkpoint.path),
        recipe("tiny-ham7", frozen=3),
    )
    trained, _ = load_model("tiny-ham7", tmp_path / "weights")
    before, after = start.features.state_dict(), trained.features.state_dict()
    stays = {key.split(".")[0] for key in before if torch.equal(before[key], after[key])}
    assert {"0", "1", "2"} <= stays
    assert all(
        not torch.equal(before[key], after[key]) for key in before if key.startswith("3.") and "mean" in key
    )


def test_frozen_stages_of_a_transformer_are_its_tokens_and_its_first_blocks(data_dir, weights_dir, tmp_path):
    start, checkpoint = load_model("tiny-clip7", weights_dir)
    known = options(tmp_path, init=checkpoint.path)
    train("tiny-clip7", DataChoice(data_dir), known, recipe("tiny-clip7", frozen=2, learning_rate=0.01))
    trained, _ = load_model("tiny-clip7", tmp_path / "weights")
    before, after = (network.features.transformer.state_dict() for network in (start, trained))
    changed = {key for key in before if not torch.equal(before[key], after[key])}
    assert changed == {key for key in before if key.startswith("blocks.1.")}


def test_a_network_without_stages_to_freeze_says_so(data_dir, tmp_path):
    with pytest.raises(ModelError, match="no first stages") as caught:
        train("tiny-unet", DataChoice(data_dir), options(tmp_path), recipe("tiny-unet", frozen=3))
    assert "--frozen" in caught.value.hint


def test_a_last_batch_of_one_row_is_left_out(data_dir, tmp_path, monkeypatch):
    """Batch norm of maps of one pixel has no deviation over it."""
    sizes, step = [], Trainer._step

    def counted(trainer, images, targets):
        sizes.append(len(images))
        return step(trainer, images, targets)

    monkeypatch.setattr(Trainer, "_step", counted)
    twice = recipe("tiny-clip7", stages=((1, 64),), batch_size=2)
    record = train("tiny-clip7", DataChoice(data_dir), options(tmp_path), twice)
    assert sizes == [2, 2, 2]  # of seven rows
    assert np.isfinite(record["curve"][0]["loss"])
    trainer = Trainer(
        trained_card("tiny-clip7", twice),
        training_task(registry.card("tiny-clip7"), DataChoice(data_dir)),
        options(tmp_path),
    )
    assert trainer.schedule.lr_lambdas[0](3) == 0


@pytest.mark.parametrize("changed", [{"stages": ((2, 64),)}, {"seed": 1}, {"init": True}, {"limit": 3}])
def test_another_training_is_not_taken_up(data_dir, weights_dir, tmp_path, changed):
    once, known = recipe("tiny-ham7"), options(tmp_path)
    train("tiny-ham7", DataChoice(data_dir), known, once)
    before = find_checkpoint("tiny-ham7", known.weights_dir).sha256
    if changed.pop("init", False):
        known = replace(known, init=weights_dir / "tiny-ham7.safetensors")
    limit = changed.pop("limit", None)
    with pytest.raises(ModelError, match="Another training of 'tiny-ham7'") as caught:
        train("tiny-ham7", DataChoice(data_dir, limit=limit), known, replace(once, **changed))
    assert "--runs" in caught.value.hint
    assert find_checkpoint("tiny-ham7", known.weights_dir).sha256 == before


@pytest.mark.parametrize("changed", ["split", "rows"])
def test_a_training_on_as_many_other_rows_is_not_taken_up(data_dir, tmp_path, changed):
    choice = DataChoice(data_dir, limit=4)
    train("tiny-unet", choice, options(tmp_path))
    if changed == "split":
        choice = replace(choice, scheme="80/20")
    else:
        path = data_dir / isic2018.FOLDER / "splits.csv"
        swapped = path.read_text().replace("P00,train", "P00,val").replace("P08,val", "P08,train")
        path.write_text(swapped)
    with pytest.raises(ModelError, match="Another training of 'tiny-unet'"):
        train("tiny-unet", choice, options(tmp_path))


def test_a_state_that_an_older_version_kept_is_taken_up(data_dir, tmp_path):
    choice = DataChoice(data_dir, limit=4)
    first = train("tiny-unet", choice, options(tmp_path))
    path = tmp_path / "runs" / "tiny-unet" / "state.pt"
    state = torch.load(path, weights_only=True)
    known = json.loads(state["identity"])
    older = {key: known[key] for key in ("recipe", "init", "teachers", "rows")}
    torch.save(state | {"identity": json.dumps(older)}, path)
    assert train("tiny-unet", choice, options(tmp_path))["curve"] == first["curve"]
    torch.save({key: value for key, value in state.items() if key != "identity"}, path)
    with pytest.raises(ModelError, match="Another training of 'tiny-unet'"):
        train("tiny-unet", choice, options(tmp_path))
