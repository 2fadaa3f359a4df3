"""The base of all plain data."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of all plain data: immutable, nothing extra, NaN written as a string."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")
