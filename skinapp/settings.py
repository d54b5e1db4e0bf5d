"""Paths, device and limits. The only module that reads the environment."""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class AssistantSettings:
    """The service behind the assistant; empty where nothing was set. The key is in no ``repr``."""

    service: str  # SKINAPP_ASSISTANT_SERVICE: perplexity, openai, ollama, vllm, llamacpp
    url: str  # SKINAPP_ASSISTANT_URL
    model: str  # SKINAPP_ASSISTANT_MODEL
    key: str = field(repr=False)  # SKINAPP_ASSISTANT_KEY
    timeout_s: float  # SKINAPP_ASSISTANT_TIMEOUT: seconds of silence
    emergency: Path | None  # SKINAPP_EMERGENCY: a TOML file of numbers by region


@dataclass(frozen=True)
class ClinicSettings:
    """Where clinics and appointments are kept, and who may see them; without both it is a trial."""

    file: Path | None  # SKINAPP_CLINICS: an SQLite file, made where there is none
    password: str = field(repr=False)  # SKINAPP_CLINICS_PASSWORD: the administrator's
    overpass: str  # SKINAPP_OVERPASS: an Overpass server of your own, to look clinics up in OpenStreetMap

    @property
    def is_trial(self) -> bool:
        """Nothing is kept, and the clinics are examples."""
        return self.file is None or not self.password


@dataclass(frozen=True)
class Settings:
    """What can be set from outside, each by the environment variable named beside it."""

    weights_dir: Path  # SKINAPP_WEIGHTS
    data_dir: Path  # SKINAPP_DATA
    cache_dir: Path  # SKINAPP_CACHE
    device: str  # SKINAPP_DEVICE: auto, cpu, cuda, mps
    engine: str  # SKINAPP_ENGINE: auto, torch, openvino
    max_models: int  # SKINAPP_MAX_MODELS: models held in memory at once
    stun_urls: tuple[str, ...]  # SKINAPP_STUN: such as stun:example.org:3478, several with commas
    turn_urls: tuple[str, ...]  # SKINAPP_TURN: such as turn:example.org:3478?transport=udp
    takes_classifiers: bool  # SKINAPP_HUB: 1 lets visitors add classifiers of the Hugging Face hub
    chromium: str  # CHROMIUM: the browser that measurements drive
    turn_secret: str = field(repr=False)  # SKINAPP_TURN_SECRET: what coturn calls static-auth-secret
    assistant: AssistantSettings
    clinics: ClinicSettings

    @property
    def fetched_dir(self) -> Path:
        """Where weights of others lie once they were fetched."""
        return self.cache_dir / "fetched"


def _assistant_settings() -> AssistantSettings:
    env = os.environ
    numbers = env.get("SKINAPP_EMERGENCY")
    return AssistantSettings(
        service=env.get("SKINAPP_ASSISTANT_SERVICE") or "",
        url=env.get("SKINAPP_ASSISTANT_URL") or "",
        model=env.get("SKINAPP_ASSISTANT_MODEL") or "",
        key=env.get("SKINAPP_ASSISTANT_KEY") or "",
        timeout_s=float(env.get("SKINAPP_ASSISTANT_TIMEOUT") or 30),
        emergency=Path(numbers) if numbers else None,
    )


def _clinic_settings() -> ClinicSettings:
    file = os.environ.get("SKINAPP_CLINICS")
    return ClinicSettings(
        file=Path(file) if file else None,
        password=os.environ.get("SKINAPP_CLINICS_PASSWORD") or "",
        overpass=os.environ.get("SKINAPP_OVERPASS") or "",
    )


def _user_cache_dir() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "skinapp"


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def environment_with(**values: str) -> dict[str, str]:
    """This process's environment with some values changed, for a process that it starts."""
    return os.environ | values


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    env = os.environ
    return Settings(
        weights_dir=Path(env.get("SKINAPP_WEIGHTS") or PROJECT_DIR / "weights"),
        data_dir=Path(env.get("SKINAPP_DATA") or PROJECT_DIR.parent / "shared" / "data"),
        cache_dir=Path(env.get("SKINAPP_CACHE") or _user_cache_dir()),
        device=env.get("SKINAPP_DEVICE") or "auto",
        engine=env.get("SKINAPP_ENGINE") or "auto",
        max_models=int(env.get("SKINAPP_MAX_MODELS") or 8),
        assistant=_assistant_settings(),
        clinics=_clinic_settings(),
        stun_urls=_listed(env.get("SKINAPP_STUN")),
        turn_urls=_listed(env.get("SKINAPP_TURN")),
        takes_classifiers=env.get("SKINAPP_HUB") == "1",
        chromium=env.get("CHROMIUM") or "chromium",
        turn_secret=env.get("SKINAPP_TURN_SECRET") or "",
    )
