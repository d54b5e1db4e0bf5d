from dataclasses import replace

import numpy as np
import pytest
import torch

from skinapp.engine.torch_engine import TorchEngine
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.weights import save_checkpoint
from skinapp.results import ModelUse, Outline
from skinapp.services.catalogue import listings
from skinapp.services.compare import (
    COMPARED_SIDE_PX,
    SharedInputs,
    Variant,
    compare,
    gate_words,
    labels,
    outlines_by,
    steady_seconds,
    twin_pairs,
)

IMAGE = draw_lesion(2, 120, 160)[0]
UNET, ATTENTION, PLUS = (registry.card(name) for name in ("unet", "unet-attention", "unetplusplus"))


def outline(name, columns):
    """Sure of the first ``columns`` of 16 columns, half sure of the next two."""
    prob_map = np.zeros((16, 16), np.float32)
    prob_map[:, :columns] = 0.9
    prob_map[:, columns : columns + 2] = 0.4
    return Outline(prob_map, ModelUse(name, "ab" * 32, "nowhere", 0.01))


COLUMNS = {"unet": 8, "unet-attention": 10, "unetplusplus": 4}


def drawn(card, cleaning):
    return outline(card.name, COLUMNS[card.name])


def area(mask):
    return mask.mean() * 16  # in columns of the model


def test_masks_consensus_and_disagreement_by_hand():
    known = compare(IMAGE, [Variant(UNET), Variant(ATTENTION), Variant(PLUS)], drawn)
    assert known.masks.shape == (3, 120, 160)
    assert [area(mask) for mask in known.masks] == pytest.approx([8, 10, 4], abs=0.6)
    assert np.array_equal(known.consensus, known.masks[0])  # the middle one of three nested masks
    assert known.ious[0, 1] == pytest.approx(8 / 10, abs=0.03)
    assert known.agreement[0] == pytest.approx((8 / 10 + 4 / 8) / 2, abs=0.03)
    disputed = known.masks.any(axis=0) & ~known.masks.all(axis=0)
    assert np.array_equal(known.disagreement > 0, disputed)
    assert known.disagreement.max() == pytest.approx(0.9183, abs=1e-4)  # one against two


def test_what_attention_gained_and_lost():
    known = compare(IMAGE, [Variant(UNET), Variant(PLUS), Variant(ATTENTION)], drawn)
    (pair,) = twin_pairs(known)
    assert (pair.baseline, pair.attention) == (0, 2)
    assert area(pair.gained) == pytest.approx(2, abs=0.6) and not pair.lost.any()
    assert pair.iou == known.ious[0, 2]


def test_twins_under_different_settings_are_no_pair():
    variants = [Variant(UNET), Variant(ATTENTION, threshold=0.3), Variant(ATTENTION, cleaning=("hair",))]
    assert twin_pairs(compare(IMAGE, variants, drawn)) == ()


def test_a_model_is_asked_once_whatever_its_thresholds():
    asked = []

    def counted(card, cleaning):
        asked.append((card.name, cleaning))
        return drawn(card, cleaning)

    known = compare(IMAGE, [Variant(UNET), Variant(UNET, 0.3), Variant(UNET, 0.3, ("hair",))], counted)
    assert asked == [("unet", ()), ("unet", ("hair",))]
    assert area(known.masks[1]) > area(known.masks[0]) + 1


def test_one_outline_alone_has_nobody_to_agree_with():
    known = compare(IMAGE, [Variant(UNET)], drawn)
    assert np.isnan(known.agreement).all() and not known.disagreement.any()
    assert np.array_equal(known.consensus, known.masks[0])


def test_large_photographs_are_compared_small():
    known = compare(np.zeros((900, 3 * COMPARED_SIDE_PX, 3), np.uint8), [Variant(UNET)], drawn)
    assert known.image.shape == (300, COMPARED_SIDE_PX, 3)
    assert known.masks.shape[1:] == known.image.shape[:2]


def test_nothing_to_compare():
    with pytest.raises(ValueError, match="at least one"):
        compare(IMAGE, [], drawn)


def test_shared_inputs_give_the_answers_of_the_photograph(weights_dir):
    engine = TorchEngine(weights_dir, device="cpu")
    cards = [registry.card(name) for name in ("tiny-unet", "tiny-unet-attention")]
    known = compare(IMAGE, [Variant(card) for card in cards], outlines_by(engine, IMAGE))
    for card, shared in zip(cards, known.outlines, strict=True):
        assert np.array_equal(shared.prob_map, engine.segment(card.name, IMAGE).prob_map)


def test_photographs_are_cleaned_and_shrunk_once():
    cleaned = []
    inputs = SharedInputs(IMAGE, lambda image, steps: cleaned.append(steps) or image)
    first, again = (inputs.square(card, ("hair",)) for card in (UNET, ATTENTION))
    assert first is again and first.shape == (UNET.input_px, UNET.input_px, 3)
    assert inputs.square(replace(UNET, input_px=64), ("hair",)).shape == (64, 64, 3)
    inputs.square(UNET, ())
    assert cleaned == [("hair",)]


def test_neither_the_first_run_nor_a_hiccup_makes_the_time():
    slow, fast = iter([9, 3, 4, 3, 50, 3, 3]), iter([5, 1, 1, 80, 1, 1, 2])
    assert steady_seconds([lambda: next(slow), lambda: next(fast)]) == (3, 1)


def test_labels_name_the_settings_that_differ():
    variants = [Variant(UNET, 0.5, ("hair",)), Variant(PLUS, 0.5, ("hair",)), Variant(UNET, 0.3)]
    assert labels(variants) == ("U-Net", "U-Net++", "U-Net, sure 30%, not cleaned")
    assert labels([Variant(UNET), Variant(UNET, 0.5, ("hair", "clahe"))])[1] == (
        "U-Net, hair removed, light evened out"
    )


def test_gates_are_named_by_their_place():
    assert gate_words(2, 1) == ("encoder, stage 1", "encoder, stage 2", "decoder, stage 1")
    assert gate_words(1, 1) == ("after the encoder", "in the decoder")


def test_a_model_sees_the_side_that_it_was_trained_at(tmp_path):
    torch.manual_seed(0)
    save_checkpoint(registry.entry("unet").build().eval(), "unet", tmp_path, {"input_px": 96})
    card = next(one.card for one in listings(tmp_path) if one.card.name == "unet")
    engine = TorchEngine(tmp_path, device="cpu")
    known = compare(IMAGE, [Variant(card)], outlines_by(engine, IMAGE))
    assert np.array_equal(known.outlines[0].prob_map, engine.segment("unet", IMAGE).prob_map)
