# The document of docker/sbom, from lines PACKAGE_VERSION.

# Debian's short name of a licence as an SPDX expression.
function expression(licence) {
    if (licence == "public-domain")
        return "LicenseRef-public-domain"
    gsub(/-3\+/, "-3.0-or-later", licence)
    gsub(/-2\+/, "-2.0-or-later", licence)
    gsub(/-2\.1\+/, "-2.1-or-later", licence)
    gsub(/ or /, " OR ", licence)
    return licence
}

# An SPDX identifier has letters, digits, dots and hyphens only.
function id(name) {
    gsub(/[^A-Za-z0-9.-]/, "-", name)
    return "SPDXRef-" name
}

# In a package URL these characters of Debian's versions are escaped.
function escaped(text) {
    gsub(/:/, "%3A", text)
    gsub(/\+/, "%2B", text)
    return text
}

BEGIN {
    FS = "\t"
    while ((getline <licences) > 0) {
        licence_of[$1] = $2
        source_of[$1] = $3
        kind_of[$1] = $4
    }
    name = "amazonmq-local-" version "-" architecture
    print "{"
    print "  \"spdxVersion\": \"SPDX-2.3\","
    print "  \"dataLicense\": \"CC0-1.0\","
    print "  \"SPDXID\": \"SPDXRef-DOCUMENT\","
    print "  \"name\": \"" name "\","
    print "  \"documentNamespace\": \"https://spdx.org/spdxdocs/" name "-" substr(sum, 1, 32) "\","
    print "  \"creationInfo\": {\"created\": \"" created "\", \"creators\": [\"Tool: amazonmq-local-docker-sbom\"]},"
    print "  \"hasExtractedLicensingInfos\": [{\"licenseId\": \"LicenseRef-public-domain\", " \
          "\"extractedText\": \"The authors have placed it in the public domain.\"}],"
    print "  \"packages\": ["
    printf "    {\"SPDXID\": \"SPDXRef-amazonmq-local\", \"name\": \"amazonmq-local\", \"versionInfo\": \"%s\", ", version
    printf "\"primaryPackagePurpose\": \"APPLICATION\", \"downloadLocation\": \"NOASSERTION\", \"filesAnalyzed\": false, "
    printf "\"licenseConcluded\": \"Apache-2.0\", \"licenseDeclared\": \"Apache-2.0\", \"copyrightText\": \"NOASSERTION\", "
    printf "\"checksums\": [{\"algorithm\": \"SHA256\", \"checksumValue\": \"%s\"}]}", sum
    linked = "    {\"spdxElementId\": \"SPDXRef-DOCUMENT\", \"relationshipType\": \"DESCRIBES\", " \
             "\"relatedSpdxElement\": \"SPDXRef-amazonmq-local\"}"
}

{
    at = index($0, "_")
    package = substr($0, 1, at - 1)
    of_package = substr($0, at + 1)
    if (!(package in licence_of)) {
        print "docker/licences.tsv lacks " package >"/dev/stderr"
        failed = 1
        exit 1
    }
    printf ",\n    {\"SPDXID\": \"%s\", \"name\": \"%s\", \"versionInfo\": \"%s\", ", id(package), package, of_package
    printf "\"supplier\": \"Organization: Debian\", \"filesAnalyzed\": false, "
    printf "\"downloadLocation\": \"https://snapshot.debian.org/package/%s/%s/\", ", source_of[package], of_package
    printf "\"licenseConcluded\": \"NOASSERTION\", \"licenseDeclared\": \"%s\", ", expression(licence_of[package])
    printf "\"copyrightText\": \"NOASSERTION\", \"externalRefs\": [{\"referenceCategory\": \"PACKAGE-MANAGER\", "
    printf "\"referenceType\": \"purl\", \"referenceLocator\": \"pkg:deb/debian/%s@%s?arch=%s&distro=debian-12\"}]}", \
        package, escaped(of_package), kind_of[package] == "source" ? "source" : architecture
    linked = linked ",\n    {\"spdxElementId\": \"SPDXRef-amazonmq-local\", \"relationshipType\": \"" \
             (package == "tzdata" ? "CONTAINS" : "STATIC_LINK") "\", \"relatedSpdxElement\": \"" id(package) "\"}"
}

END {
    if (failed)
        exit 1
    print "\n  ],"
    print "  \"relationships\": ["
    print linked
    print "  ]"
    print "}"
}
