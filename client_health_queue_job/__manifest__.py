{
    "name": "Client Health: jobs",
    "summary": "Spreads the nightly scoring of clients over several workers",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Client Health contributors",
    "depends": ["client_health", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
}
