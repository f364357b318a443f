"""Who can analyse texts: this process, and Amazon Comprehend where the operator has configured it.

Language models are no engines here: who names one asks the gateway (`nlp.service`).
"""

from nlp import comprehend
from nlp.model import Kind
from pentarch.analysis.model import SEES_ALL, Engine
from pentarch.llm import extractive
from pentarch.llm.catalogue import entries_of

SUMMARY = "summarization"
LOCAL = Engine(
    "pentarch/nlp", "pentarch", (*Kind, SUMMARY), data_policy={**SEES_ALL, "region": "local"}, preference=-1000
)
"""It has no weights but those that tell languages apart, and what it reads never leaves the process."""

STAND_INS = frozenset(
    {
        *("bart-large-cnn", "facebook/bart-large-cnn", "distilbart-cnn-12-6", "pegasus-xsum", "google/pegasus-xsum"),
        *("t5-small", "t5-base", "t5-large", "distilbert-base-uncased-finetuned-sst-2-english", "bert-base-ner"),
        *("dslim/bert-base-NER", "xlm-roberta-base", "vader", "textblob", "spacy", "en_core_web_sm", "yake"),
        extractive.SPEC.name,
    }
)
"""Models for texts that callers ask for by name, though nothing here serves them: what there is answers instead, and
the reply says what it was."""


def cloud() -> Engine | None:
    """Comprehend, as the providers' secret describes it."""
    entries = entries_of("comprehend")
    return comprehend.engine(entries[0]) if entries else None


def choosable(cloud: Engine | None, language: str) -> tuple[Engine, ...]:
    """`language` is the text's: of those that Comprehend does not know, it can tell which one it is and no more."""
    if cloud is None:
        return (LOCAL,)
    return LOCAL, comprehend.knowing(cloud, language)
