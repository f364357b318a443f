"""Words that the rules of this package know, for the languages that are likely here."""

import re

STOP_WORDS = frozenset(
    # English, then what German, French, Spanish, Italian, Portuguese and Dutch share with no English word of weight.
    """a about above after again against all also am an and any are as at be because been before being below between
    both but by can cannot could d did do does doing don down during each either else ever every few for from
    further get gets got had happen happens has have having he her here hers herself him himself his how i if in
    into is it its itself just let lets ll many may me might more most much must my myself no nor not now of off on
    once only or other our ours ourselves out over own please re s same say says shall she should so some something
    such t than that the their theirs them themselves then there these they this those through to too under until up
    upon us use used using ve very was we were what whatever when where whether which while who whom whose why will
    with within without would yes yet you your yours yourself
    aber als am auch auf aus bei bin bis bitte da damit dann das dass dein dem den der des dich die dies diese diesem
    diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es für gibt hat haben hatte ich ihm ihn
    ihr ihre im ist ja kann kein keine können mein mich mir mit nach nicht noch nur ob oder sehr sein seine sich sie
    sind über um und uns unser vom von vor wann warum was welche welcher welches wem wen wenn wer werden wie wieder wir
    wird wo wurde wurden zu zum zur zwischen
    au aux avec c ce ces cet cette comme dans de depuis du elle elles en est et été eu il ils j je l la le les leur
    leurs lui m ma mais mes moi mon n ne nos notre nous où ou par pas pour pourquoi qu quand que quel quelle quelles
    quels qui sa ses soi son sont sur ta te tes toi ton tu un une vos votre vous y à était
    al como con cuál cuáles cuando cuándo cuánto cuántos del desde donde dónde e el ella ellas ellos era eran eres es
    esa ese eso esta está están este esto fue fueron ha han hasta hay lo los las más me mi muy nos o para pero por qué
    quién se ser si sí sin sobre su sus también te tiene tu una uno unos y ya
    che chi ci cosa cui dal dalla dei della delle di do dove gli hanno i nei nel nella non perché più quale quando
    quanto questa questo sono suo sua tra un uno
    ao aos as com da das dos em essa esse foi isso mas na nas não nos num o os onde pela pelo quem seu seus são uma
    aan bij dan dat deze dit door een geen heb heeft het hij hoe hun ik je kan maar naar niet nog of ook op te tot uit
    van voor waar waarom wat welke wie wij wordt ze zich zij zijn""".split()  # noqa: SIM905 - a list of so many quoted words could not be read
)

ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof st sr jr vs approx no nos fig figs dept est e.g i.e eg ie cf al vol pp p.a u.s u.k z.b d.h u.a
    o.ä bzw ca nr str abs evtl ggf inkl vgl m mme mlle sra dra ud uds p.ej av bd ed eds""".split()  # noqa: SIM905 - a list of so many quoted words could not be read
)
GERMAN_MONTHS = frozenset(
    (
        *("januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november"),
        "dezember",
    )
)
"""A German date has its day as an ordinal: "am 3. März"."""

LEANS_BACK = re.compile(
    r"(?:it|its|they|their|he|she|his|her|this|that|these|those|there|such|both|er|sie|es|dies\w*|il|elle|ils|elles|ella)\b",
    re.IGNORECASE,
)
"""The opening of a sentence that speaks of what the sentence before it has named."""
