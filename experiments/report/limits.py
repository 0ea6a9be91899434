"""What was not modelled, as it stands in docs/model-basis.md, section "Simplifications"."""

from __future__ import annotations

NOT_MODELLED = (
    "One loan a firm, at one bank. Another lender's debt is only its interest, paid for ever.",
    "The demand for credit has no price: neither applications nor drop-outs depend on the rate.",
    "Sales do not depend on credit.",
    (
        "The world goes on lending beyond the horizon, as a cohort of its own, so that hours in "
        "the run-off are those of a normal bank; a legitimate renewal after the horizon settles "
        "the exposure at par."
    ),
    "Officers are posts, persons change; a firm keeps its post unless posts are opened or closed.",
    "A limit is drawn once at pay-out and then only in need; it is not used and repaid in turn.",
    "Trade links between firms are not modelled; firms are linked by factors and circles.",
    "Circles never change; a circle's firms may be born later or be gone.",
    "Time runs in months: days are used for arrears, delays and decision days only.",
    (
        "Management quality and strategies act on parameters of a process; how a bank gets people "
        "to follow it is not modelled."
    ),
)
"""One sentence each."""
