"""Load a student's six files, each as a module of its own, with helper modules beside them."""

import importlib.util
import sys


def load(folder, exercise):
    """The names that a student's file defines."""
    sys.path.insert(0, str(folder))
    before = set(sys.modules)
    try:
        spec = importlib.util.spec_from_file_location(f"handed_in_{exercise}", folder / f"{exercise}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:  # another student may have a helper of that name
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]
    return vars(module)
