from django.urls import path, re_path

from essaim.core.imports import views, workbook_views

FORMAT = "(?P<extension>xlsx|csv)"

urlpatterns = [
    path("tableaux/", views.spreadsheets, name="spreadsheets"),
    path("tableaux/classeur/importer/", workbook_views.workbook_new, name="workbook_new"),
    path("tableaux/classeur/export.xlsx", workbook_views.export_all, name="export_all"),
    path("tableaux/fichiers/<uuid:document_id>/", workbook_views.workbook, name="workbook"),
    path(
        "tableaux/fichiers/<uuid:document_id>/feuille/",
        workbook_views.workbook_open,
        name="workbook_open",
    ),
    path(
        "tableaux/fichiers/<uuid:document_id>/oublier/",
        workbook_views.workbook_forget,
        name="workbook_forget",
    ),
    path("tableaux/<slug:kind_code>/importer/", views.import_new, name="import_new"),
    re_path(rf"^tableaux/(?P<kind_code>\w+)/export\.{FORMAT}$", views.export, name="export"),
    re_path(rf"^tableaux/(?P<kind_code>\w+)/modele\.{FORMAT}$", views.template, name="template"),
    path("tableaux/imports/<uuid:run_id>/", views.import_page, name="import"),
    path(
        "tableaux/imports/<uuid:run_id>/colonnes/", views.import_columns_again, name="import_again"
    ),
    path(
        "tableaux/imports/<uuid:run_id>/colonnes/noter/",
        views.import_columns,
        name="import_columns",
    ),
    path(
        "tableaux/imports/<uuid:run_id>/avancement/", views.import_progress, name="import_progress"
    ),
    path("tableaux/imports/<uuid:run_id>/choix/", views.import_decide, name="import_decide"),
    path("tableaux/imports/<uuid:run_id>/ecrire/", views.import_start, name="import_start"),
    path("tableaux/imports/<uuid:run_id>/annuler/", views.import_undo, name="import_undo"),
    path("tableaux/imports/<uuid:run_id>/oublier/", views.import_drop, name="import_drop"),
    re_path(
        rf"^tableaux/imports/(?P<run_id>[0-9a-f-]{{36}})/a-reprendre\.{FORMAT}$",
        views.import_problems,
        name="import_problems",
    ),
]
