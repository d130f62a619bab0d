from . import (
    client_health_month,
    client_health_figures,
    client_health_figure,
    client_health_figure_month,
    client_health_receivable,
)
