import numpy as np
import pytest
import torch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from skinapp.errors import WeightsError
from skinapp.models import zoo  # noqa: F401  registers the name
from skinapp.models.texture import (
    TextureSpace,
    fit_textures,
    load_textures,
    save_textures,
    texture_of,
    textures_path,
)

NAME = "mobilenetv2-ham7"


def clouds(count=4000, seed=0):
    """Textures of dermoscopy and of phones: apart along the first axis, which varies with the second."""
    random = np.random.default_rng(seed)
    spread = np.diag([1.0, 1.0, 0.01, 0.01])
    spread[0, 1] = spread[1, 0] = 0.9
    return (random.multivariate_normal(mean, spread, count) for mean in ((0, 0, 5, 5), (2, 0, 5, 5)))


def test_a_texture_is_means_and_deviations_map_by_map():
    maps = [torch.tensor([[[[1.0, 3.0]], [[2.0, 2.0]]]]), torch.tensor([[[[0.0], [4.0]]]])]
    assert texture_of(maps).tolist() == [2, 2, 1, 0, 2, 2]


def skin(seed, shift=0.0, count=400):
    """Textures that differ along three directions, on scales of their own, and little along all others."""
    directions, scales = np.random.default_rng(9).normal(size=(3, 12)), np.linspace(0.1, 10, 12)
    random = np.random.default_rng(seed)
    factors = random.normal((shift, 0, 0), 1, (count, 3))
    return (factors @ directions + 0.01 * random.normal(size=(count, 12)) + 5) * scales


def test_strange_is_what_lies_across_the_axes_in_units_of_the_scale():
    space = fit_textures(skin(0), skin(1, shift=2), 3)
    known, across = skin(2, count=5), np.linalg.svd(space.axes)[0][:, 5]
    assert space.strangeness(known).max() < 0.1
    moved = known + 3 * across * space.scale
    assert space.strangeness(moved) == pytest.approx(space.strangeness(known) + 3, abs=0.1)


def test_both_kinds_of_skin_weigh_the_same():
    dermoscopy, phone = clouds()
    space, fewer = fit_textures(dermoscopy, phone, 2), fit_textures(dermoscopy, phone[:400], 2)
    np.testing.assert_allclose(fewer.mean, space.mean, atol=0.1)
    np.testing.assert_allclose(space.mean, (1, 0, 5, 5), atol=0.1)
    within, between = 1, 1  # along the first axis: variance, squared distance from the middle
    assert space.scale[0] == pytest.approx(np.sqrt(within + between), rel=0.05)


def test_the_direction_of_phones_is_that_of_a_discriminant_with_shrinkage():
    dermoscopy, phone = clouds()
    space = fit_textures(dermoscopy, phone, 2)
    known = (np.concatenate([dermoscopy, phone]) - space.mean) / space.scale
    kind = np.repeat([0, 1], len(dermoscopy))
    spread = np.mean([np.cov(known[kind == one], rowvar=False) for one in (0, 1)], axis=0)
    ridge = 0.1 * np.trace(spread) / 4
    shrinkage = ridge / (np.trace(spread) / 4 + ridge)  # (1 - s) S + s tr(S) / T is this ridge, scaled
    judge = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage).fit(known, kind)
    cosine = space.phone @ judge.coef_[0] / np.linalg.norm(space.phone) / np.linalg.norm(judge.coef_[0])
    assert cosine > 0.999
    limit = np.quantile(space.phone_scores(dermoscopy), 0.95)
    assert np.mean(space.phone_scores(phone) > limit) > 0.95


def test_without_phones_there_is_no_score():
    dermoscopy, _phone = clouds()
    space = fit_textures(dermoscopy, None, 2)
    np.testing.assert_allclose(space.mean, dermoscopy.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(space.scale, dermoscopy.std(axis=0, ddof=1), rtol=1e-5)
    with pytest.raises(ValueError, match="without a dermatoscope"):
        space.phone_scores(dermoscopy)


def test_a_channel_that_never_changes_breaks_nothing():
    dermoscopy, phone = (np.column_stack([cloud, np.zeros(len(cloud))]) for cloud in clouds(50))
    space = fit_textures(dermoscopy, phone, 2)
    assert np.isfinite(space.strangeness(phone)).all() and np.isfinite(space.phone_scores(phone)).all()


@pytest.mark.parametrize("knows_phones", [True, False])
def test_what_is_written_is_read(tmp_path, knows_phones):
    dermoscopy, phone = clouds(50)
    space = fit_textures(dermoscopy, phone if knows_phones else None, 2)
    read = load_textures(NAME, tmp_path, save_textures(space, NAME, tmp_path))
    assert isinstance(read, TextureSpace)
    assert np.array_equal(read.strangeness(phone), space.strangeness(phone))
    assert (read.phone is not None) is knows_phones


@pytest.mark.parametrize("damage", [b"something else", None])
def test_a_missing_or_damaged_file_is_refused(tmp_path, damage):
    record = save_textures(fit_textures(*clouds(50), 2), NAME, tmp_path)
    if damage is None:
        textures_path(NAME, tmp_path).unlink()
    else:
        textures_path(NAME, tmp_path).write_bytes(damage)
    with pytest.raises(WeightsError, match="hash"):
        load_textures(NAME, tmp_path, record)
