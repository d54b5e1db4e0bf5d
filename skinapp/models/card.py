"""ModelCard: what to know before trusting a model."""

from dataclasses import dataclass, field
from enum import StrEnum

from skinapp.i18n import gettext as _


class Task(StrEnum):
    """What a model answers."""

    SEGMENTATION = "segmentation"
    CLASSIFICATION = "classification"
    SUPER_RESOLUTION = "super-resolution"


class Sampling(StrEnum):
    """Which training rows a classifier sees in an epoch (paper B).

    ``UNDER`` keeps as many rows of each class as the rarest has, drawn once. ``OVER`` draws as many rows as
    there are, with replacement, every class as often as any other, anew each epoch.
    """

    ALL = "all"
    UNDER = "under"
    OVER = "over"


@dataclass(frozen=True)
class Recipe:
    """How a model is trained. A baseline and its attention twin share one recipe object.

    ``stages`` are (epochs, input side in pixels) in order; the learning rate follows one cosine over all of
    them after a linear warm-up of ``warmup_share`` of the steps. ``mixing`` is the share of the batches of a
    classifier whose photographs are mixed in pairs, see `MixedPairs`; ``distillation`` that of its teachers
    in the loss, where it has any; ``hints`` is what the distance to the first teacher's feature maps weighs
    on top, see `skinapp.training.distillation.Hints`. ``frozen`` counts the first stages of a classifier, its
    ``first_stages``, that stay as they start, batch norm's statistics too; with ``folded`` those of every
    batch norm that `skinapp.training.folding` finds stay. ``sampling`` evens the classes out, see `Sampling`;
    with ``priors`` the last bias learns afterwards how frequent they are, and by ``evening`` it forgets that
    share of it, see `skinapp.training.sampling`. ``refit`` is the penalty with which a classifier's last
    layer is fitted before all else, see `skinapp.training.refit`; without it, 0, it starts as it is. Or all
    that follows the trunk learns then, in ``head_epochs`` passes and in ``head_groups``, see
    `skinapp.training.head`. In the loss of a model of two classes, a malignant lesion weighs
    ``malignant_weight`` times a benign one.
    ``unlabelled`` lets photographs without a diagnosis join, see `skinapp.training.pseudo_labels`.
    """

    dataset: str
    loss: str
    stages: tuple[tuple[int, int], ...]
    batch_size: int = 16
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    warmup_share: float = 0.1
    ema_decay: float = 0.995
    patience: int = 8
    seed: int = 0
    extra_ham10000: int = 0
    mixing: float = 0.0
    distillation: float = 0.5
    hints: float = 0.0
    frozen: int = 0
    folded: bool = False
    sampling: Sampling = Sampling.ALL
    priors: bool = False
    evening: float = 0.0
    refit: float = 0.0
    head_epochs: int = 0
    head_groups: int = 1
    malignant_weight: float = 1.0
    unlabelled: bool = False

    @property
    def epochs(self) -> int:
        return sum(epochs for epochs, _ in self.stages)


@dataclass(frozen=True)
class Hub:
    """Where somebody else's weights can be fetched: the name on the Hugging Face hub, and which revision."""

    repo: str
    revision: str


@dataclass(frozen=True)
class ModelCard:
    """The only place where a model's task, input, labels, data, licence, use and limits are written.

    ``input_px`` is the side of the square that the network sees; ``mean`` and ``std`` normalise RGB on
    the 0..1 scale, after the steps of ``cleaning``, see `skinapp.imaging.cleaning`. ``twin`` names the
    baseline that an attention model is compared with. What training adds (SHA-256, settings, learning curve,
    temperature, figures) lies in ``weights/NAME.json``.

    ``has_gates`` is true of an outline model with spatial attention, ``has_attention`` of a transformer,
    ``has_metadata`` of a classifier that also hears of age, sex and site, ``has_thousands`` of one with
    thousands of features. A classifier without ``has_maps`` cannot be explained.

    ``members`` are the classifiers whose mean a committee tells; it has no weights of its own and no recipe.

    ``recipe_only`` is true of a model whose weights are no part of the project: it is offered once somebody
    has trained it.

    ``bits`` says how weights are kept: 16 for half precision, 8 or 6, see `skinapp.models.storage`. All
    models compute in floating point, and their figures are those of the weights as kept.

    ``hub`` is set for a model that others trained: it has no recipe, and its weights lie in the cache folder
    once they were fetched.

    ``encoder`` is what segmentation-models-pytorch calls the part that can start from ImageNet weights.
    A super-resolution model makes images ``scale`` times as wide and as high; it takes any size, and
    ``input_px`` is the side of the patches that it was trained on. ``context_px`` is how far around a part
    it must see to enlarge it as in the whole image, to one grey level. It has no labels.

    What is written out is English; a screen shows it through gettext, ``limits`` by `limits_words`.
    """

    name: str
    title: str
    task: Task
    labels: tuple[str, ...]
    architecture: str
    source: str
    data: str
    licence: str
    intended_use: str
    limits: tuple[str, ...]
    recipe: Recipe | None
    input_px: int = 256
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)
    cleaning: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    twin: str | None = None
    has_gates: bool = False
    has_attention: bool = False
    has_metadata: bool = False
    has_thousands: bool = False
    has_maps: bool = True
    scale: int = 1
    context_px: int = 0
    encoder: str = "mobilenet_v2"
    hub: Hub | None = None
    recipe_only: bool = False
    bits: int = 16
    for_tests: bool = field(default=False, repr=False)

    @property
    def has_alarm_levels(self) -> bool:
        """True of a classifier whose probabilities are no frequencies: it learnt to miss little."""
        return self.recipe is not None and self.recipe.malignant_weight != 1

    @property
    def limits_words(self) -> str:
        """The limits in the reader's language, as one text."""
        return " ".join(map(_, self.limits))
