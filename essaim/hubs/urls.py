from django.urls import path

from essaim.hubs import account_views, invitation_views

app_name = "hubs"

urlpatterns = [
    path("bienvenue/<str:token>/", invitation_views.invitation, name="invitation"),
    path("bienvenue/<str:token>/redemander/", invitation_views.ask_again, name="ask_again"),
    path("hote/inviter/", invitation_views.invite, name="invite"),
    path("hote/invitations/", invitation_views.invitations, name="invitations"),
    path("hote/invitations/a-inviter/", invitation_views.expected, name="expected"),
    path("hote/invitations/<uuid:invitation_id>/renvoyer/", invitation_views.resend, name="resend"),
    path(
        "hote/invitations/<uuid:invitation_id>/retirer/",
        invitation_views.withdraw,
        name="withdraw",
    ),
    path("compte/", account_views.security, name="security"),
    path("compte/sessions/<int:session_id>/fin/", account_views.end_session, name="end_session"),
    # Before the library's own pages of the same addresses: one page holds them all.
    path("compte/2fa/", account_views.to_security, name="to_security"),
    path("compte/2fa/webauthn/", account_views.to_security, name="passkeys"),
    path("compte/oidc/partner/login/", account_views.partner_login, name="partner_login"),
    path("compte/3rdparty/", account_views.to_security, name="no_connections"),
    path("compte/2fa/recovery-codes/", account_views.recovery_codes, name="recovery_codes"),
]
