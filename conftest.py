"""Lets plain pytest import client_health.scoring: pure Python in an Odoo module.

Importing client_health itself would load its models, which Odoo allows only as
odoo.addons.client_health.
"""

import sys
import types
from pathlib import Path

package = types.ModuleType("client_health")
package.__path__ = [str(Path(__file__).parent / "client_health")]
sys.modules.setdefault("client_health", package)
