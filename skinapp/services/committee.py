"""Makes a committee of classifiers that are installed: how sure its mean may be is all it has to learn."""

from pathlib import Path
from typing import Any

import numpy as np

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.pixels import read_image
from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.metrics.calibration import fit_temperature, mean_probs
from skinapp.models import registry
from skinapp.models.held_out import refuse_other_split
from skinapp.models.weights import committee_hash, find_checkpoint, renew_record
from skinapp.services.analyze import Engine


def form(name: str, data_dir: Path, weights_dir: Path, engine: Engine) -> dict[str, Any]:
    """Fit the temperature of a committee on the validation rows of HAM10000; writes and returns its record.

    Raises `ModelError` for another model and `WeightsError` where a member is not installed.
    """
    card = registry.card(name)
    if not card.members:
        raise ModelError(
            _("'{name}' is no committee.").format(name=name),
            _("Train it with: python -m skinapp train {name} --data DIR --init FILE").format(name=name),
        )
    members = [find_checkpoint(member, weights_dir) for member in card.members]
    for member in members:
        refuse_other_split(member.name, member.record)
    rows = ham10000_samples(data_dir, "val")
    probs = []
    for row in rows:
        image = read_image(row.image)
        of_row = [
            engine.classify(member, image, explain=False, patient=row.patient).probs
            for member in card.members
        ]
        probs.append(mean_probs(np.stack(of_row)))
    temperature = fit_temperature(np.log(np.stack(probs)), np.array([row.target for row in rows]))
    record = {
        "name": name,
        "sha256": committee_hash(members),
        "members": {member.name: member.sha256 for member in members},
        "settings": {"split": "splits.csv"},
        "parameters": sum(member.record["parameters"] for member in members),
        "temperature": round(temperature, 4),
    }
    return renew_record(name, weights_dir, record)
