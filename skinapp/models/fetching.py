"""Weights of others: fetched once, when somebody asks for them by name, then checked and read from the cache.

Nothing here runs while a page is shown.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from skinapp.errors import ModelError, WeightsError
from skinapp.i18n import gettext as _
from skinapp.models import registry
from skinapp.models.weights import Checkpoint, find_checkpoint, is_installed, save_checkpoint


def fetch(name: str, folder: Path, source: str | None = None, revision: str | None = None) -> Checkpoint:
    """Fetch the weights of a model that others trained, and keep them as a checkpoint of ours.

    ``source`` is the name on the hub or a folder, ``revision`` a commit; what is not given comes from the
    last time, else from the card. The record says which commit came. Raises `ModelError` for a model that
    is trained here, and `WeightsError` where nothing can be fetched or it is another network.
    """
    entry = registry.entry(name)
    hub = entry.card.hub
    if (source is None and hub is None) or entry.card.members:
        raise _trained_here(name)
    network = entry.build()
    if not hasattr(network, "fetch"):
        raise _trained_here(name)
    source = source or hub.repo
    revision = revision or _known_commit(name, folder) or (hub.revision if hub else "main")
    try:
        with TemporaryDirectory() as place:
            commit = network.fetch(source, revision, place)
    except OSError as error:
        raise WeightsError(
            _("The weights '{source}' cannot be fetched.").format(source=source),
            _("Connect to the internet and try again. Everything else works without them."),
        ) from error
    except RuntimeError as error:
        raise WeightsError(
            _("The weights '{source}' do not fit the model '{name}'.").format(source=source, name=name),
            _("Name another commit with --revision."),
        ) from error
    parameters = sum(tensor.numel() for tensor in network.parameters())
    record = {"parameters": parameters, "fetched": {"source": source, "revision": revision, "commit": commit}}
    return save_checkpoint(network.eval(), name, folder, record)


def _known_commit(name: str, folder: Path) -> str | None:
    """The commit of the last time."""
    if not is_installed(name, folder):
        return None
    return find_checkpoint(name, folder).record["fetched"]["commit"]


def _trained_here(name: str) -> ModelError:
    return ModelError(
        _("The model '{name}' is trained here and cannot be fetched.").format(name=name),
        _("Train it with: python -m skinapp train {name} --data DIR --init FILE").format(name=name),
    )
