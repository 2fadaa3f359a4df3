"""Never finish loading."""

import time

time.sleep(60)
