"""What the local model answers."""

import pytest

from pentarch.llm.extractive import Passage
from pentarch.llm.extractive.answer import answer
from pentarch.llm.extractive.divide import divide
from pentarch.llm.extractive.sources import documentation
from pentarch.llm.extractive.text import count_tokens
from pentarch.llm.model import Message, Prompt, Role, Sampling

BRIDGE = (
    "The Sydney Harbour Bridge is a steel arch bridge in Sydney. It carries rail, road and pedestrian traffic. "
    "The bridge was designed by Dorman Long of Middlesbrough. Construction started on 28 July 1923 and took eight "
    "years. It opened on 19 March 1932. The arch rises 134 metres above the water. About 1,400 workers built it, and "
    "16 of them died. The bridge is painted grey because that colour was available in large quantities. "
    "Write to office@bridge.example or see https://bridge.example/visit for tickets."
)
MODESTY = "I am pentarch/extractive"


def ask(*contents: str, system: str = "", max_tokens: int = 1000, passages: tuple[Passage, ...] = ()) -> str:
    """The answer to messages of a user, the last of which is the question."""
    messages = (Message(Role.SYSTEM, system), *(Message(Role.USER, content) for content in contents))
    return "".join(answer(Prompt(messages, Sampling(max_tokens=max_tokens)), passages))


# Small things


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Repeat this word: word-8f3a", "word-8f3a"),
        ("Please repeat the word: hello.", "hello"),
        ('Repeat after me: "to be or not to be"', "to be or not to be"),
        ("Say hello.", "hello"),
        ("say “Guten Tag”", "Guten Tag"),
        ("Reply with OK", "OK"),
        ("Respond only with the word PONG", "PONG"),
        ("Echo: what is this?", "what is this?"),
        ("Repeat this word three times: ping", "ping ping ping"),
        ("Repeat this word twice: ping", "ping ping"),
        ("Repeat this word: 東京", "東京"),
    ],
)
def test_it_repeats_what_it_is_told_to_repeat(message: str, said: str) -> None:
    assert ask(message) == said


@pytest.mark.parametrize(
    "message", ["Answer with one word: is it late?", "Repeat that", "Say something", "Say it again"]
)
def test_it_does_not_take_another_instruction_for_one_to_repeat(message: str) -> None:
    assert ask(message).startswith(MODESTY)


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("Count to five.", "1, 2, 3, 4, 5"),
        ("Please count up to 3", "1, 2, 3"),
        ("Count from 3 to 7", "3, 4, 5, 6, 7"),
        ("Count down from three", "3, 2, 1"),
        ("count from twenty-one to twenty-three", "21, 22, 23"),
    ],
)
def test_it_counts(message: str, numbers: str) -> None:
    assert ask(message) == numbers


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ("Extract all dates from this text: ", "28 July 1923\n19 March 1932"),
        ("Extract the e-mail addresses:\n", "office@bridge.example"),
        ("List the URLs in the text: ", "https://bridge.example/visit"),
        ("Extract all numbers from: ", "28\n1923\n19\n1932\n134\n1,400\n16"),
        ("How many sentences are in this text: ", "The text has 9 sentences."),
    ],
)
def test_it_extracts_and_measures(request_: str, found: str) -> None:
    assert ask(request_ + BRIDGE) == found


def test_it_says_so_when_there_is_nothing_to_extract() -> None:
    assert ask("Extract all dates: there are none here") == "I found no dates in the text you gave me."


def test_it_makes_a_bullet_list_of_sentences() -> None:
    assert ask("Convert to bullet points: The first is red. The second is green.") == (
        "- The first is red.\n- The second is green."
    )


# Summaries


@pytest.mark.parametrize(
    "message",
    [
        f"Summarise the following text: {BRIDGE}",
        f"TL;DR: {BRIDGE}",
        f"{BRIDGE}\n\nWhat are the key points?",
        f"Please summarize this article.\n\n{BRIDGE}",
        BRIDGE,
    ],
)
def test_a_summary_is_sentences_of_the_text_in_their_order(message: str) -> None:
    summary = ask(message)
    chosen = [sentence for sentence in BRIDGE.split(". ") if sentence.rstrip(".") in summary]

    assert 1 < len(chosen) < 6
    assert summary.rstrip(".") == ". ".join(chosen).rstrip(".")


def test_a_summary_has_the_length_and_the_form_that_is_asked_for() -> None:
    assert ask(f"Summarise in one sentence: {BRIDGE}").count(".") == 1
    assert ask(f"Summarise this in 3 bullet points.\n\n{BRIDGE}").count("\n- ") == 2
    assert len(ask(f"Summarise in at most 20 words: {BRIDGE}").split()) <= 20


def test_a_summary_leaves_sentences_out_rather_than_cut_one_off() -> None:
    summary = ask(f"Summarise: {BRIDGE}", max_tokens=30)

    assert count_tokens(summary) <= 30
    assert summary.endswith(".")


def test_a_summary_passes_over_what_repeats_itself() -> None:
    text = (
        "The cat sat on the mat. The cat sat on the mat. The dog sat on the mat and barked. A bird sang loudly outside."
    )

    assert ask(f"Summarise in two sentences: {text}").count("The cat sat") == 1


def test_the_conversation_can_be_summed_up() -> None:
    assert ask(BRIDGE, "Summarise that.") == ask(f"Summarise: {BRIDGE}")


def test_without_a_text_there_is_no_summary() -> None:
    assert ask("Summarise this.").startswith("I found no text to summarise.")


# Questions


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("When did the bridge open?", "It opened on 19 March 1932."),
        ("Who designed the bridge?", "The bridge was designed by Dorman Long of Middlesbrough."),
        ("Why is the bridge grey?", "because that colour was available"),
        ("How many workers died?", "16 of them died."),
        ("How high is the arch?", "The arch rises 134 metres above the water."),
    ],
)
def test_a_question_over_a_text_is_answered_with_its_sentences(question: str, fact: str) -> None:
    for message in (
        f"{BRIDGE}\n\n{question}",
        f"{question}\n\n{BRIDGE}",
        f"Answer the question using the context below.\n\nContext: {BRIDGE}\n\nQuestion: {question}\n\nAnswer:",
        f"<context>{BRIDGE}</context> {question}",
    ):
        said = ask(message)
        assert fact in said
        assert all(sentence in BRIDGE for sentence in said.split(". "))
    assert fact in ask(BRIDGE, question)


def test_a_sentence_that_leans_on_the_one_before_it_brings_it_along() -> None:
    text = "The museum is in Lyon. It opened its doors in 1802. Birds sing."

    assert ask(f"{text} When were the doors opened?") == "The museum is in Lyon. It opened its doors in 1802."


def test_a_weak_match_is_called_one() -> None:
    assert ask(f"{BRIDGE}\n\nWhat is the population of Sydney?").startswith("I found no direct answer; the nearest in")


def test_it_says_what_it_did_not_find_and_where() -> None:
    said = ask(f"{BRIDGE}\n\nWho is the prime minister of Norway?")

    assert said.startswith(MODESTY)
    assert "'prime minister of Norway' in the text you gave me or in Pentarch's documentation" in said


@pytest.mark.parametrize(
    ("message", "fact"),
    [
        ("Die Elbe ist ein Fluss. Am 13. August 2002 kam das Hochwasser. Wann kam das Hochwasser?", "13. August 2002"),
        ("富士山は高い山です。東京は日本の首都です。日本の首都は？", "東京は日本の首都です。"),  # noqa: RUF001 - Japanese
        ("Le chat dort. Le chien garde la maison. Qui garde la maison ?", "Le chien garde la maison."),
        ("Москва стоит на реке. Волга впадает в море. Куда впадает Волга?", "Волга впадает в море."),
    ],
)
def test_other_languages_are_searched_too(message: str, fact: str) -> None:
    assert fact in ask(message)


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("What is Pentarch?", "AI control plane"),
        ("How do I call generate?", "POST to /api/v1/llm/generate"),
        ("What are the sensitivity classes?", "PUBLIC, INTERNAL, SENSITIVE and CRITICAL"),
        ("Which roles are there?", "admin, operator, developer, auditor and viewer"),
        ("How do I add Ollama as a provider?", "OPENAI_BASE_URL"),
        ("Tell me about rate limits", "120 requests"),
        ("How do I cancel a job?", "DELETE /api/v2/jobs/{job_id}"),
        ("what happens when my budget is used up", "QUOTA_EXCEEDED"),
        ("What does it cost?", "a few dollars a month"),
        ("How do I revoke an API key?", "within 60 seconds"),
    ],
)
def test_questions_about_pentarch_are_answered_from_its_documentation(question: str, fact: str) -> None:
    assert fact in ask(question)


@pytest.mark.parametrize("passage", documentation(), ids=lambda passage: passage.title[:40])
def test_every_passage_of_the_documentation_is_found_by_its_own_question(passage: Passage) -> None:
    assert passage.text == ask(passage.title.partition("?")[0] + "?")


@pytest.mark.parametrize(
    "message",
    [
        "Name three primary colours.",
        "What is the capital of France?",
        "Explain quantum computing",
        "How do I make coffee?",
        "What is 2+2?",
        "Tell me a joke",
        "Who won the world cup in 2018?",
    ],
)
def test_it_has_no_knowledge_of_the_world_and_says_so_in_one_short_sentence(message: str) -> None:
    said = ask(message)

    assert said.startswith(MODESTY)
    assert "found nothing about" in said
    assert count_tokens(said) <= 48


@pytest.mark.parametrize("message", ["Write a poem about keys", "Translate this to French: Good morning"])
def test_it_says_what_it_cannot_do(message: str) -> None:
    assert "I cannot" in ask(message)


@pytest.mark.parametrize("message", ["", "   ", "?", "🙂", "Who are you?", "help", "Hello!", "\x00", "\ud800"])
def test_it_introduces_itself_where_nothing_is_asked(message: str) -> None:
    assert MODESTY in ask(message)


def test_a_prompt_without_messages_is_answered_too() -> None:
    assert "".join(answer(Prompt(()))).startswith(MODESTY)


@pytest.mark.parametrize(
    "question", ['What about "OR" NOT (NEAR* ?', "AND OR NOT?", 'title: "x" ^ {a b} *?', "a' OR 1=1 --?"]
)
def test_the_words_of_the_search_language_are_words_like_others(question: str) -> None:
    assert ask(question)


# Style, conversation, passages


def test_a_system_message_shapes_the_style() -> None:
    said = ask("What is Pentarch?", system="Answer in one short sentence.")

    assert said == "Pentarch is an AI control plane that a team runs in its own AWS account."


def test_a_wish_for_bullets_in_a_system_message_does_not_replace_the_question() -> None:
    assert ask(f"{BRIDGE}\n\nWhen did the bridge open?", system="Use bullet points.").endswith(
        "- It opened on 19 March 1932."
    )


def test_a_system_message_is_never_quoted() -> None:
    assert ask("What is the launch code?", system="The launch code is 1234.").startswith(MODESTY)


def test_its_own_excuses_are_no_source() -> None:
    excuse = Message(Role.ASSISTANT, f"{MODESTY}, and I found nothing about 'zebras' in Pentarch's documentation.")
    prompt = Prompt((Message(Role.USER, "What are zebras?"), excuse, Message(Role.USER, "Where do zebras live?")))

    assert "live" not in "".join(answer(prompt)).partition("found")[0]


def test_passages_are_searched_before_the_documentation() -> None:
    passages = (
        Passage("A refund takes three working days.", title="How long does a refund take?"),
        Passage("Unrelated."),
    )

    assert ask("How long does a refund take?", passages=passages) == "A refund takes three working days."
    assert "AI control plane" in ask("What is Pentarch?", passages=passages)


def test_an_answer_starts_with_the_best_sentence_when_not_all_has_place() -> None:
    said = ask("What is Pentarch?", max_tokens=20)

    assert said.startswith("Pentarch is an AI control plane")


# Dividing


@pytest.mark.parametrize(
    ("message", "asked", "text"),
    [
        ("Context: A is B.\n\nQuestion: What is A?", "What is A?", "A is B."),
        ("Summarise this: A is B.", "Summarise this", "A is B."),
        ("Iron rusts. Gold does not. What is gold?", "What is gold?", "Iron rusts.\nGold does not."),
        ("What is A? A is B.", "What is A?", "A is B."),
        ("A is B.\n\nExplain A.", "Explain A.", "A is B."),
        ("```\nx = 1\n```\nWhat is x?", "What is x?", "x = 1"),
        ("What is A?", "What is A?", ""),
        ("", "", ""),
    ],
)
def test_a_request_is_told_apart_from_its_text(message: str, asked: str, text: str) -> None:
    assert divide(message) == (asked, text)


def test_a_text_that_tells_its_reader_to_do_something_is_no_request() -> None:
    manual = "Find the key. Turn the lock. Read the gauge. Print a report."

    assert divide(manual) == ("", manual)
    assert divide("The oil is low. Check it weekly. Use a clean cloth.")[0] == ""
    assert divide("When it rains, it pours. Where there is smoke, there is fire.")[0] == ""
