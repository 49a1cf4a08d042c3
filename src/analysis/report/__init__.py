"""The page: figures, tables and words, made of released values alone."""

from analysis.report.activities.section import activities
from analysis.report.boards.page import about_country_data, country_footer, country_header
from analysis.report.boards.pairs import board_pairs
from analysis.report.boards.survey import board_survey
from analysis.report.changed import what_changed
from analysis.report.check.file import findings_table
from analysis.report.check.page import (
    check_footer,
    check_header,
    check_short,
    faults_by_file,
    findings_by_school,
    what_arrived,
    what_is_missing,
)
from analysis.report.climate.section import climate, missing_climate
from analysis.report.council.page import council, council_footer, council_header
from analysis.report.data import about_data
from analysis.report.early.signs import early_signs
from analysis.report.explore.closer import kept_views
from analysis.report.frame import done, evidence_file, footer, header, lab_style
from analysis.report.hours import hours
from analysis.report.moves import how_it_moves
from analysis.report.review import four_year_review, review_document, review_footer, review_header
from analysis.report.school.activities import school_activities
from analysis.report.school.climate import school_climate
from analysis.report.school.data import about_school_data
from analysis.report.school.groups import school_groups
from analysis.report.school.hours import school_hours
from analysis.report.school.page import of_school, school_footer, school_header
from analysis.report.school.questions import school_questions
from analysis.report.school.results import school_results
from analysis.report.school.short import school_in_short
from analysis.report.school.skills import school_skills
from analysis.report.school.staff import school_staff
from analysis.report.school.support import school_support
from analysis.report.school_differences import schools
from analysis.report.short import in_short
from analysis.report.skills import missing_skills, skills
from analysis.report.staff.data import about_staff_data
from analysis.report.staff.events import development
from analysis.report.staff.gaps import staff_gaps
from analysis.report.staff.page import staff_footer, staff_header, staff_in_short
from analysis.report.staff.visited import visited
from analysis.report.staff.visits import visits
from analysis.report.support.curves import one_more_place
from analysis.report.support.page import plan_footer, plan_header, plan_in_short, unnumbered
from analysis.report.support.places import support_needs, support_places
from analysis.report.support.schools import support_by_school
from analysis.report.support.who import who_needs_support
from analysis.report.targets.section import targets
from analysis.report.thresholds import threshold_stress
from analysis.report.ways import ways
from analysis.report.where import where_we_are

__all__ = [
    "about_country_data",
    "about_data",
    "about_school_data",
    "about_staff_data",
    "activities",
    "board_pairs",
    "board_survey",
    "check_footer",
    "check_header",
    "check_short",
    "climate",
    "council",
    "council_footer",
    "council_header",
    "country_footer",
    "country_header",
    "development",
    "done",
    "early_signs",
    "evidence_file",
    "faults_by_file",
    "findings_by_school",
    "findings_table",
    "footer",
    "four_year_review",
    "header",
    "hours",
    "how_it_moves",
    "in_short",
    "kept_views",
    "lab_style",
    "missing_climate",
    "missing_skills",
    "of_school",
    "one_more_place",
    "plan_footer",
    "plan_header",
    "plan_in_short",
    "review_document",
    "review_footer",
    "review_header",
    "school_activities",
    "school_climate",
    "school_footer",
    "school_groups",
    "school_header",
    "school_hours",
    "school_in_short",
    "school_questions",
    "school_results",
    "school_skills",
    "school_staff",
    "school_support",
    "schools",
    "skills",
    "staff_footer",
    "staff_gaps",
    "staff_header",
    "staff_in_short",
    "support_by_school",
    "support_needs",
    "support_places",
    "targets",
    "threshold_stress",
    "unnumbered",
    "visited",
    "visits",
    "ways",
    "what_arrived",
    "what_changed",
    "what_is_missing",
    "where_we_are",
    "who_needs_support",
]
