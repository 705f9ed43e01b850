"""Carriers take a finished letter out of the house: the print house, a fax line, encrypted e-mail, the portal.

Every carrier knows a mailing by its key: handing over the same mailing twice is the same as once. So the worker may
be killed at any instant and try again.
"""

from secondopinion.letters.carriers.fax import Fax as Fax
from secondopinion.letters.carriers.fax import FaxFolder as FaxFolder
from secondopinion.letters.carriers.fax import FaxGateway as FaxGateway
from secondopinion.letters.carriers.parcel import Carrier as Carrier
from secondopinion.letters.carriers.parcel import Enclosure as Enclosure
from secondopinion.letters.carriers.parcel import NotCarried as NotCarried
from secondopinion.letters.carriers.parcel import Parcel as Parcel
from secondopinion.letters.carriers.portal import PortalCopy as PortalCopy
from secondopinion.letters.carriers.print_house import COLUMNS as COLUMNS
from secondopinion.letters.carriers.print_house import PrintHouse as PrintHouse
from secondopinion.letters.carriers.secure_mail import MailFolder as MailFolder
from secondopinion.letters.carriers.secure_mail import MailServer as MailServer
from secondopinion.letters.carriers.secure_mail import SecureMail as SecureMail
