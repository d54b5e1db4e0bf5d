import numpy as np
import pytest
import torch
from torchvision import tv_tensors

from skinapp.imaging.geometry import fit_square
from skinapp.training import augment


def pair(side=96):
    """A dark square on a pale ground, and its mask."""
    mask = torch.zeros(1, side, side, dtype=torch.bool)
    mask[:, 30:60, 25:70] = True
    image = torch.where(mask, 60, 220).expand(3, -1, -1).to(torch.uint8).contiguous()
    return tv_tensors.Image(image), tv_tensors.Mask(mask)


def test_geometry_moves_photograph_and_mask_together():
    torch.manual_seed(0)
    for _ in range(20):
        image, mask = pair()
        for transform in augment._geometry(shift=0.08, zoom=(0.75, 1.25)):
            image, mask = transform(image, mask)
        grey = image.float().mean(0)
        assert mask.any()
        assert float(grey[mask[0]].mean()) == pytest.approx(60, abs=12)


def test_photometry_changes_the_photograph_and_never_the_mask():
    torch.manual_seed(0)
    changed = 0
    for _ in range(10):
        image, mask = pair()
        new_image, new_mask = augment._photometry()(image, mask)
        assert torch.equal(new_mask, mask)
        assert new_image.dtype == torch.uint8
        changed += not torch.equal(new_image, image)
    assert changed >= 8


def test_dark_corners_leave_the_centre_and_blacken_the_corners():
    torch.manual_seed(1)
    white = torch.full((3, 64, 64), 255, dtype=torch.uint8)
    results = [augment.DarkCorners()(white) for _ in range(8)]
    assert all(int(result[:, 30:34, 30:34].min()) == 255 for result in results)
    assert min(int(result[:, 0, 0].max()) for result in results) == 0


def test_validation_rows_get_the_preprocessing_of_the_app():
    random = np.random.default_rng(0)
    image = random.integers(0, 256, (90, 120, 3), dtype=np.uint8)
    tensor = tv_tensors.Image(torch.from_numpy(image).permute(2, 0, 1))
    assert np.array_equal(augment.FitSquare(48)(tensor).permute(1, 2, 0).numpy(), fit_square(image, 48))


def test_augmented_sizes():
    image, mask = pair()
    torch.manual_seed(0)
    new_image, new_mask = augment.segmentation_augmentation(64)(image, mask)
    assert new_image.shape == (3, 64, 64)
    assert new_mask.shape == (1, 64, 64)
    assert augment.classification_augmentation(32)(image).shape == (3, 32, 32)


def test_mixed_pairs_give_class_shares_that_follow_the_photographs():
    # class 0 is black and class 1 is white: the mean grey level of a mixture is the share of class 1
    torch.manual_seed(0)
    rows = [(torch.full((3, 32, 32), 255 * (index % 2), dtype=torch.uint8), index % 2) for index in range(8)]
    images, shares = augment.MixedPairs(classes=3, share=1.0)(rows)
    assert images.dtype == torch.uint8 and images.shape == (8, 3, 32, 32)
    assert torch.allclose(shares.sum(1), torch.ones(8))
    assert torch.allclose(images.float().mean((1, 2, 3)) / 255, shares[:, 1], atol=0.01)
    assert ((shares > 0.01) & (shares < 0.99)).any()


def test_batches_outside_the_share_stay_as_they_are():
    rows = [(torch.full((3, 8, 8), 7, dtype=torch.uint8), 2)] * 4
    images, shares = augment.MixedPairs(classes=3, share=0.0)(rows)
    assert (images == 7).all()
    assert torch.equal(shares, torch.tensor([[0.0, 0.0, 1.0]]).repeat(4, 1))
