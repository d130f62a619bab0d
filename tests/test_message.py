"""Does the hook read a commit's message as people write them?"""

import doctest

import check_message


def test_the_examples_of_the_hook_hold():
    tried = doctest.testmod(check_message)
    assert tried.attempted and not tried.failed


def test_what_git_writes_itself_is_fine():
    for subject in ("Merge branch 'days'", 'Revert "Name the zone"', "fixup! Name it"):
        assert not check_message.problems(subject)


def test_what_git_shows_below_is_not_read():
    diff = "# ------------------------ >8 ------------------------\ndiff --git a b"
    assert check_message.problems(f"Name the zone\n# On branch days\n{diff}") == [
        "no body says why"
    ]
