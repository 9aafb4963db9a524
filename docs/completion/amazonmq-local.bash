# Completion for bash: source this file, or let `make install` put it where bash-completion finds it.
# shellcheck shell=bash disable=SC2207

_amazonmq_local_words() {
    COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_amazonmq_local_files() { # kind: -f or -d
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen "$1" -- "$current"))
}

# Members of a fault, and operations for the two places that name one.
_amazonmq_local_keys="operation= brokerId= username= error= status= message= delayMs= drop= times= probability= seed="
_amazonmq_local_operations="@OPERATIONS@"
# The options, each with the value that --help shows.
_amazonmq_local_options="@OPTIONS@"

# The words of ctl's line before the current one, without options and their values, into `typed`.
_amazonmq_local_typed() {
    local at word
    typed=()
    for ((at = 2; at < COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]}
        case $word in
        --url | --token | --account | --region | --operation | --status | --username | --since | --last | --password)
            [[ ${COMP_WORDS[at + 1]} == "=" ]] && ((at++))
            ((at++))
            ;;
        --*) ;;
        *) typed+=("$word") ;;
        esac
    done
}

_amazonmq_local_ctl() {
    local typed common="--url --token --help"
    case $previous in
    --operation) _amazonmq_local_words "$_amazonmq_local_operations" && return ;;
    --url) _amazonmq_local_words "http://localhost:8267" && return ;;
    --token | --account | --region | --status | --username | --since | --last | --password) return ;;
    esac
    _amazonmq_local_typed
    case "${typed[*]:0:2}" in
    "") _amazonmq_local_words "reset seed clock faults requests brokers snapshot authenticate metrics health $common" ;;
    reset) _amazonmq_local_words "--empty --account --region $common" ;;
    seed | "snapshot save" | "snapshot load") _amazonmq_local_files -f ;;
    clock) _amazonmq_local_words "advance set $common" ;;
    faults) _amazonmq_local_words "list add clear $common" ;;
    "faults add") _amazonmq_local_fault ;;
    requests) _amazonmq_local_words "clear --operation --status --username --since --last --count $common" ;;
    snapshot) _amazonmq_local_words "save load $common" ;;
    authenticate*) _amazonmq_local_words "--password $common" ;;
    *) _amazonmq_local_words "$common" ;;
    esac
}

_amazonmq_local_fault() {
    case $previous in
    operation) _amazonmq_local_words "$_amazonmq_local_operations" ;;
    drop) _amazonmq_local_words "true false" ;;
    *)
        compopt -o nospace 2>/dev/null
        _amazonmq_local_words "$_amazonmq_local_keys"
        ;;
    esac
}

_amazonmq_local() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    # Bash cuts words at `=`: `--auth=verify` is three of them.
    if [[ $current == "=" ]]; then
        current=
    elif [[ $previous == "=" ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [[ ${COMP_WORDS[1]} == ctl ]] && ((COMP_CWORD > 1)); then
        _amazonmq_local_ctl
        return
    fi
    local option value=
    for option in $_amazonmq_local_options; do
        [[ $option == "$previous="* ]] && value=${option#*=}
    done
    case $value in
    "") _amazonmq_local_words "$( ((COMP_CWORD == 1)) && echo ctl) $(printf '%s ' $_amazonmq_local_options | sed 's/=[^ ]*//g')" ;;
    DIR) _amazonmq_local_files -d ;;
    FILE*) _amazonmq_local_files -f ;;
    ADDRESS) _amazonmq_local_words "127.0.0.1 ::1 0.0.0.0 localhost" ;;
    TIME) [[ $previous != *-time ]] || _amazonmq_local_words "0 100ms 10s real" ;;
    *[a-z]"|"*) _amazonmq_local_words "${value//|/ }" ;;
    esac
}

complete -F _amazonmq_local amazonmq-local
