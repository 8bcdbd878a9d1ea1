"""The web chat: shows answers and the passages they cite, and holds no logic of its own."""

import os

# Gradio reports to its makers unless this is set before any module here imports it.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
