# The licences that docker/collect gathers, in Debian's format: a paragraph for the program and one for each library in it,
# with the text of that library's own copyright file as a comment. `licences` names the file with a licence for each.

function text(line) { print line == "" ? " ." : "  " line }

function comment(line) {
    # Empty lines between others only.
    if (line == "") {
        empty += begun
        return
    }
    begun = 1
    for (; empty > 0; empty--)
        print " ."
    text(line)
}

BEGIN {
    FS = "\t"
    while ((getline <licences) > 0)
        licence_of[$1] = $2
    FS = " "
    part = "head"
    print "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    print "Upstream-Name: amazonmq-local"
    print "Comment:"
}

/^==== / {
    part = $2
    empty = begun = 0
    if (part == "amazonmq-local" || part ~ /^L?GPL-/) {
        part = "" # Debian has these texts
        next
    }
    if (!(part in licence_of)) {
        print "docker/licences.tsv lacks " part >"/dev/stderr"
        failed = 1
        exit 1
    }
    if (++count == 1)
        program()
    licence = licence_of[part]
    used[licence] = 1
    printf "\nFiles: %s/*\n", part
    print "Copyright: the authors that the comment names"
    print "License: " licence
    print "Comment:"
    text("Linked into usr/bin/amazonmq-local from the Debian package " $2 " " $3 ". Its copyright file:")
    print " ."
    next
}

part != "" { comment($0) }

function program() {
    print "\nFiles: *"
    print "Copyright: 2026 the authors of amazonmq-local"
    print "License: Apache-2.0"
}

function body(name, first, second) {
    if (name != "Apache-2.0" && !(name in used))
        return
    print "\nLicense: " name
    text(first)
    if (second != "")
        text(second)
}

END {
    if (failed)
        exit 1
    debian = "/usr/share/common-licenses/"
    body("Apache-2.0", "Licensed under the Apache License, Version 2.0. On Debian systems its text is in",
         debian "Apache-2.0.")
    body("LGPL-2.1+", "Version 2.1 or later of the GNU Lesser General Public License. On Debian systems the text of",
         "version 2.1 is in " debian "LGPL-2.1.")
    body("LGPL-3+ or GPL-2+", "Version 3 or later of the GNU Lesser General Public License, or version 2 or later of the GNU",
         "General Public License: " debian "LGPL-3, " debian "GPL-3 and " debian "GPL-2.")
    body("MIT", "The text is in the comment of the library.")
    body("public-domain", "The comment of the library says so.")
}
