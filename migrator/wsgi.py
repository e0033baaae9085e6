"""The WSGI application that gunicorn serves."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrator.settings")

application = get_wsgi_application()
import_module("migrator.metrics").forget_the_dead()  # only now can models be imported
