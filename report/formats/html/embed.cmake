# cmake -DOUT=<assets.cpp> -DPAGE=.. -DSTYLE=.. -DAPP=.. -DCHARTS=.. -P embed.cmake
# Writes the page's parts as arrays, so that the executable needs no file beside it.
set(source "#include \"report/formats/html/assets.hpp\"\n\nnamespace benchhost::report {\nnamespace {\n\n")
foreach(part PAGE STYLE APP CHARTS)
  file(READ "${${part}}" bytes HEX)
  string(REGEX REPLACE "(................................................................)"
    "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  # The 0 at the end keeps the array of an empty part legal; it is not part of the view.
  string(APPEND source "constexpr unsigned char k${part}[] = {${bytes}0};\n\n")
endforeach()
string(APPEND source "template <std::size_t N>
std::string_view text_of(const unsigned char (&bytes)[N]) {
    return {reinterpret_cast<const char*>(bytes), N - 1};
}

}  // namespace

HtmlAssets html_assets() {
    return {text_of(kPAGE), text_of(kSTYLE), text_of(kAPP), text_of(kCHARTS)};
}

}  // namespace benchhost::report
")
file(WRITE "${OUT}" "${source}")
