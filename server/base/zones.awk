# Prints generated/zones.c: the lines of input are `CHECKSUM SIZE NAME` of zone files in the directory `root`, sorted by
# name. Files with the same checksum and size are one zone.
#
# Of each file only what base/zone_rules.c reads is kept: no data of version 1, no names of time types, and no
# transitions before `from` but the last one.

function number(at, bytes,    sum) {
    for (sum = 0; bytes > 0; bytes--)
        sum = sum * 256 + file[at++]
    return sum
}

# A time may be negative; awk's numbers round one that is far from 1970.
function time(at) {
    return file[at] > 127 ? number(at, 8) - 2 ^ 64 : number(at, 8)
}

function put(byte) {
    bytes = bytes byte ","
    len++
}

function put_all(at, count) {
    while (count-- > 0)
        put(file[at++])
}

function put_count(count) {
    put(0)
    put(int(count / 65536))
    put(int(count / 256) % 256)
    put(count % 256)
}

function put_header(times, types,    i) {
    put(84); put(90); put(105); put(102); put(50) # TZif2
    for (i = 0; i < 15 + 3 * 4; i++)
        put(0)
    put_count(times)
    put_count(types)
    put_count(0)
}

function size_of_data(header, time_bytes) {
    return number(header + 32, 4) * (time_bytes + 1) + number(header + 36, 4) * 6 + number(header + 40, 4) \
        + number(header + 28, 4) * (time_bytes + 4) + number(header + 24, 4) + number(header + 20, 4)
}

function put_zone(path,    command, size, i, header, times, types, first, at) {
    command = "od -An -v -tu1 '" path "'"
    for (size = 0; (command | getline) > 0;)
        for (i = 1; i <= NF; i++)
            file[size++] = $i
    close(command)
    header = 44 + size_of_data(0, 4)
    times = number(header + 32, 4)
    types = number(header + 36, 4)
    at = header + 44
    for (first = 0; first + 1 < times && time(at + 8 * (first + 1)) <= from;)
        first++
    put_header(0, 0)
    put_header(times - first, types)
    put_all(at + 8 * first, 8 * (times - first))
    put_all(at + 8 * times + first, times - first)
    put_all(at + 9 * times, 6 * types)
    at = header + 44 + size_of_data(header, 8)
    put_all(at, size - at)
}

BEGIN {
    print "#include \"base/zone_compiled.h\""
    print "const unsigned char zone_bytes[] = {"
}

{
    zone = $1 " " $2
    names = names $3 "\n"
    if (!(zone in part)) {
        bytes = ""
        begin = len + 0
        put_zone(root "/" $3)
        part[zone] = "{" begin "," len - begin "},"
        print bytes
    }
    parts = parts part[zone]
}

END {
    print "};"
    print "const struct zone_part zone_parts[] = {" parts "};"
    print "const char zone_names[] = {"
    count = split(names, letters, "")
    for (i = 1; i <= count; i++)
        printf "%s,", letters[i] == "\n" ? "0" : "'" letters[i] "'"
    print "0};"
}
