from django.urls import path

from apps.accounts.views import alarms, factor, own, people, sheets, tokens

app_name = "accounts"
urlpatterns = [
    path("sign-in/", own.SignIn.as_view(), name="sign-in"),
    path("sign-out/", own.SignOut.as_view(), name="sign-out"),
    path("me/", own.Profile.as_view(), name="profile"),
    path("me/password/", own.Password.as_view(), name="password"),
    path("me/tokens/", tokens.Tokens.as_view(), name="tokens"),
    path("me/tokens/<uuid:pk>/revoke/", tokens.Revoke.as_view(), name="revoke-token"),
    path("me/prove/", factor.Prove.as_view(), name="prove"),
    path("me/verify/", factor.Verify.as_view(), name="verify"),
    path("me/factor/", factor.Enrol.as_view(), name="enrol"),
    path("me/post/", own.Act.as_view(), name="act"),
    path("", people.PeoplePage.as_view(), name="people"),
    path("new/", people.Propose.as_view(), name="propose"),
    path("organisations/", people.Organisations.as_view(), name="organisations"),
    path("alarms/", alarms.Alarms.as_view(), name="alarms"),
    path("alarms/<int:pk>/", alarms.Handle.as_view(), name="handle-alarm"),
    path("<int:pk>/", people.PersonPage.as_view(), name="person"),
    path("<int:pk>/grant/", people.Grant.as_view(), name="grant"),
    path("<int:pk>/reset-password/", people.ResetPassword.as_view(), name="reset-password"),
    path("<int:pk>/remove-factor/", people.RemoveFactor.as_view(), name="remove-factor"),
    path("<int:pk>/unlock/", people.Unlock.as_view(), name="unlock"),
    path("<int:pk>/end-sessions/", people.EndSessions.as_view(), name="end-sessions"),
    path("<int:pk>/deactivate/", people.Deactivate.as_view(), name="deactivate"),
    path("<int:pk>/activate/", people.Activate.as_view(), name="activate"),
    path("me/posts/<int:pk>/sheet/", sheets.OwnSheet.as_view(), name="sheet"),
    path("hand-overs/<int:pk>/", sheets.Stored.as_view(), name="hand-over"),
    path("posts/<int:pk>/ending/", people.Ending.as_view(), name="ending"),
    path("posts/<int:pk>/end/", people.EndPost.as_view(), name="end-post"),
]
