from django.http import HttpResponse
from django.urls import path

from tests.benchmarks.floors.views import PostByFunction, PostByHordak, PostManyByHordak

urlpatterns = [
    path("health", lambda request: HttpResponse("ok")),
    path("sql", PostByFunction.as_view()),
    path("hordak", PostByHordak.as_view()),
    path("hordak-bulk", PostManyByHordak.as_view()),
]
