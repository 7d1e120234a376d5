"""Words that say nothing, or little, about what is asked. Written without accents.

Three lists of our own, short on purpose: the index's own frequencies do the rest. They matter in a
young hub, where twenty profiles are too few to tell that « besoin » is an empty word.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Grammar: never indexed, never searched.
STOP = _words("""
a ai aie aient ait ailleurs derriere devant
alors apres as au aucun aucune aupres auquel aussi autre autres aux
auxquelles auxquels avaient avais avait avant avec avez avons ayant car ce ceci cela celle celles
celui ces cet cette ceux chaque chez ci comme comment contre dans de deja des desormais dont du
elle elles en encore entre es est et etaient etais etait etant ete etes etre eu eux hui aujourd
ici il ils j jamais je jusque la laquelle le lequel les lesquelles lesquels leur leurs lors lui ma
mais me meme memes mes mien mienne moi moins mon ne ni nos notre nous on ont ou par parce parmi
pas pendant peu plus plusieurs plutot pour pourquoi pres puis quand que quel quelle quelles quels
qui quoi sa sans sauf se selon sera seront ses si sien soi soient sois soit sommes son sont sous
suis sur ta tandis tant te tel telle telles tels tes toi ton toujours tous tout toute toutes tres
tu un une vers voici voila vos votre vous y etc afin ainsi lorsque puisque quoique depuis durant
d l m n s t qu c
about after all also am an and any are at be because been before being both but by can could did
do does doing down during each few for from had has have having he her here hers him his how i if
in into is it its just more most my no nor not of off once only or other our ours out over own
same she should so some such than that the their theirs them then there these they this those
through to too under until up very was we were what when where which while who whom why will with
would you your yours
""")

# How one asks, in both languages: never enough to find somebody.
REQUEST = _words("""
aidant aide aident aider aidera aiderait aiderez aides aidez appui besoin besoins bonjour bonsoir
cherche cherchent cherchons chercher cherches coup demande demander desire desirons dispo
disponible envie faudrait faut hello help helping helps accompagne accompagner aimerais aimerions
looking merci moment need needed needing needs personne peut peuvent pourrait
pourriez pouvez puisse quelqu quelque quelques quelquun recherche recherchent recherchons
rechercher salut saurait savoir sait search searching seek seeking serait someone somebody
anyone anybody souhaite souhaitent souhaiter souhaitons svp stp please thanks thank bienvenue
trouver urgent veut veux veulent voudrais voudrait voudrions voulons connait connaissez dear hi
want wanted wants wish wishing find like give hand ask asking get expert experte specialiste
""")

# Said of help, whatever the words mean elsewhere.
ASKING = ("coup de main", "coups de main", "coup de pouce", "coups de pouce", "hand with")

# Clipped words that people type, and what they stand for.
CLIPPED = {
    "admin": "administratif",
    "appli": "application",
    "applis": "application",
    "asso": "association",
    "assos": "association",
    "com": "communication",
    "compta": "comptabilite",
    "dev": "developpement",
    "expo": "exposition",
    "immo": "immobilier",
    "info": "information",
    "infos": "information",
    "pub": "publicite",
    "resto": "restaurant",
    "visio": "visioconference",
}

# Common words of work and of projects: they count, but for little.
GENERAL = _words("""
action actions activite activites annee annees apprendre aujourdhui avancer bien bon bonne bonnes
bons cadre chose choses comprendre connaitre creation creer debut demain demarrer dernier
dernieres different differents dimanche divers diverses donner ensemble equipe equipes exemple
faire fait faites fin forme grand grande grands gros groupe heure heures idee idees jeudi jour
jours lancer lieu lieux ligne lundi maniere mardi matin mercredi mettre mieux mise mois monde
niveau nouveau nouveaux nouvel nouvelle nouvelles objectif objectifs obtenir partie passer
permettre petit petite petites petits place point points premier premiere prendre probleme
problemes prochain prochaine projet projets question questions realisation realiser rendre
repondre samedi semaine simple situation soir structure structures sujet sujets temps travail
travailler type types utilisation utiliser vendredi venir vie voir weekend
able also around best better bring build create different do doing done every example first
general good great idea ideas improve improving keep know last let lot make making many much new
next part people place problem project projects question right set something start take thing
things time today use used using various way ways week well work working year years
""")
