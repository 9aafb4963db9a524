# The options of the man page that have a variable, as commented lines of an environment file.

function plain(text) {
    gsub(/\\\(ga/, "`", text)
    gsub(/\\-/, "-", text)
    return text
}

/^\.SH / { inside = $0 == ".SH OPTIONS" }
!inside { next }
/^\.TP/ { help = value = "" ; next }
/^\.BI / { value = plain($0); sub(/^[^"]*" */, "", value); sub(/"$/, "", value); next }
/^AMAZONMQ_LOCAL_/ {
    name = $1
    sub(/,$/, "", name)
    sub(/^[A-Z_]+/, "")
    if (match(help, /\(default [^ )]*\)$/)) {
        value = plain(substr(help, RSTART + 9))
        sub(/\)$/, "", value)
    }
    printf "\n# %s%s\n#%s=%s\n", plain(help), $0, name, value
    next
}
!/^\./ { help = help (help == "" ? "" : " ") $0 }
