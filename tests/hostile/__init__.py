"""What is needed to send the module thousands of calls with bad input.

catalogue.py   in odoo shell: which models, fields and methods there are
values.py      bad values, by type of field
calls.py       calls with such values, and their twins on Odoo's own models
client.py      sends them over JSON-2 and judges the answers
"""
