"""Assistant: questions on skin health, answered with sources, urgent signs first."""

from skinapp.i18n import marked
from skinapp.ui.chat import conversation
from skinapp.ui.chat_numbers import attached_numbers
from skinapp.ui.chat_service import assistant, region_choice, service_note
from skinapp.ui.frame import page_frame

page_frame(marked("Assistant"))
shared = assistant()
service_note(shared)
region = region_choice()
numbers = attached_numbers(shared)
conversation(shared, region, numbers)
