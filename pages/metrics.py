"""The scorecard: which model is best, whether attention helps, and how far the figures can be trusted."""

from skinapp.i18n import marked
from skinapp.ui.frame import page_frame
from skinapp.ui.metrics import answered_question

page_frame(marked("Metrics"))
answered_question()
