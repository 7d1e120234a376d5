"""A made-up ROME and ESCO of a few lines, under the names and headers of the official archives."""

from pathlib import Path

FILES = {
    "rome/unix_referentiel_code_rome_v900_utf8.csv": """code_rome,code_ogr,libelle_rome
X1101,1,Apiculteur / Apicultrice
X1102,2,Comptable
X1103,3,Graphiste
""",
    "rome/unix_referentiel_appellation_v900_utf8.csv": """\
code_ogr,libelle_appellation_long,libelle_appellation_court,code_rome,classification
11,Éleveur / Éleveuse d'abeilles,Éleveur d'abeilles,X1101,PRINCIPALE
12,Récoltant / Récoltante de miel,Récoltant de miel,X1101,SYNONYME
21,Teneur / Teneuse de livres,Teneur de livres,X1102,PRINCIPALE
22,Aide-comptable,Aide-comptable,X1102,SYNONYME
31,Dessinateur / Dessinatrice d'affiches,Dessinateur d'affiches,X1103,PRINCIPALE
32,Maquettiste,Maquettiste,X1103,SYNONYME
""",
    "rome/unix_referentiel_competence_v900_utf8.csv": """\
code_ogr,nature,libelle_competence,definition,code_ogr_macro_comp
101,Compétence,Visiter une ruche,,900
102,Compétence,Extraire le miel d'une ruche,,900
103,Compétence,Rapprocher des écritures comptables,,901
104,Compétence,Saisir des écritures comptables,,901
105,Compétence,Composer une affiche,,902
""",
    "rome/unix_referentiel_savoir_v900_utf8.csv": """\
code_ogr_savoir,libelle_savoir,categorie_savoir
201,Biologie des abeilles,Sciences
202,Plan comptable général,Droit
203,Typographie des affiches,Arts
""",
    "rome/unix_coherence_item_v900_utf8.csv": """code_rome,code_ogr,coeur_metier
X1101,101,Principale
X1101,102,
X1101,201,
X1102,103,
X1102,104,
X1102,202,
X1103,105,
X1103,203,
X1103,999,
""",
    "rome/unix_texte_v900_utf8.csv": """\
code_rome,code_compo_bloc,libelle_type_texte,position_phrase,libelle_texte
X1101,3,definition,1,Élève des abeilles et récolte l''or des ruches.
X1101,4,acces_metier,1,Ce métier s''apprend auprès d''une ruche.
X1102,3,definition,1,Tient les comptes et rapproche les écritures.
X1103,3,definition,1,Compose des affiches et choisit les lettres.
""",
    "esco/skills_fr.csv": """conceptType,conceptUri,skillType,preferredLabel,altLabels
Skill,https://example.org/esco/skill/s1,skill,élever des abeilles,"soigner des ruches
conduire un rucher"
Skill,https://example.org/esco/skill/s2,skill,tenir des comptes,
""",
    "esco/skills_en.csv": """conceptType,conceptUri,preferredLabel,altLabels,description
Skill,https://example.org/esco/skill/s1,keep bees,tend beehives,Look after bees and their hives.
Skill,https://example.org/esco/skill/s2,keep accounts,,Write accounts down.
Skill,https://example.org/esco/skill/s3,design posters,,Draw posters that people read.
""",
    "esco/occupations_fr.csv": """conceptUri,preferredLabel,altLabels
https://example.org/esco/occupation/o1,apiculteur/apicultrice,éleveur d'abeilles
""",
    "esco/occupations_en.csv": """conceptUri,iscoGroup,preferredLabel,altLabels,description
https://example.org/esco/occupation/o1,6123,beekeeper,apiarist,Keeps bees.
""",
}


def write(folder: Path) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
