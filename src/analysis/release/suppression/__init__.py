"""Which figures of results are withheld so that no small group can be worked out from all that is published together.

Cell suppression by linear programming over linked tables (Fischetti and Salazar, Management Science 47, 2001, relaxed): a
figure is withheld until of every small group the rest still allows tables in which it is large and tables in which it is not.
"""
