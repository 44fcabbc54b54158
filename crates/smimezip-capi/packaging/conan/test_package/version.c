#include <smimezip.h>
#include <stdio.h>

int main(void) {
    puts(smz_version_string());
    return 0;
}
