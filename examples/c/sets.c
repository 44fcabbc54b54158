/* Lists all exports of a folder with their parts, as far as their names show them: needs no key.
 *
 *   sets FOLDER
 */
#include <inttypes.h>
#include <smimezip.h>
#include <stdio.h>

static const char *const states[] = {"", ", missing", ", duplicate"};

static void list_parts(const smz_set *set) {
    uint64_t index;
    printf("%s\n", smz_set_name(set));
    for (index = 0; index < smz_set_part_count(set); index++) {
        smz_part part = {0};
        part.struct_size = sizeof part;
        if (smz_set_get_part(set, index, &part) == SMZ_OK) {
            printf("  %s%s\n", part.name, states[part.state]);
        }
    }
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_set_list *list = NULL;
    smz_set *set = NULL;
    uint64_t index;

    if (argc != 2) {
        fprintf(stderr, "usage: sets FOLDER\n");
        return 2;
    }
    if (smz_set_discover_all(argv[1], &list, &error) != SMZ_OK) {
        fprintf(stderr, "%s\n", smz_error_message(error));
        smz_error_free(error);
        return 1;
    }
    printf("%" PRIu64 " exports\n", smz_set_list_count(list));
    for (index = 0; index < smz_set_list_count(list); index++) {
        if (smz_set_list_get(list, index, &set, NULL) == SMZ_OK) {
            list_parts(set);
            smz_set_free(set);
        }
    }
    smz_set_list_free(list);
    return 0;
}
