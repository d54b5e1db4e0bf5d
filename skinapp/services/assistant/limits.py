"""How often a service may be asked: by one visitor, and by everybody together."""

from skinapp.services.rate_limit import DAY, HOUR, MINUTE

PER_VISITOR = ((6, MINUTE), (60, HOUR))
FOR_ALL = ((60, MINUTE), (2000, DAY))
