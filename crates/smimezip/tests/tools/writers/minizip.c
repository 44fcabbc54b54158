/* minizip writes the tree in its modes. Arguments: TREE OUT VERSION. */
#include <dirent.h>
#include <minizip/zip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct mode {
  const char *file, *name;
  int method, zip64;
};
static const struct mode modes[] = {
    {"minizip-deflated.zip", "deflated", Z_DEFLATED, 0},
    {"minizip-stored.zip", "stored", 0, 0},
    {"minizip-zip64.zip", "zip64", Z_DEFLATED, 1},
};

static void check(int ok) {
  if (!ok) {
    perror("minizip");
    exit(1);
  }
}

static void walk(zipFile zip, const struct mode* mode, const char* root, const char* below) {
  char path[8192], name[4096], data[65536];
  struct dirent** found;
  snprintf(path, sizeof path, "%s/%s", root, below);
  int count = scandir(path, &found, NULL, alphasort);
  check(count >= 0);
  for (int at = 0; at < count; at++) {
    const char* last = found[at]->d_name;
    if (!strcmp(last, ".") || !strcmp(last, "..")) continue;
    snprintf(name, sizeof name, "%s%s", below, last);
    snprintf(path, sizeof path, "%s/%s", root, name);
    struct stat status;
    check(stat(path, &status) == 0);
    int folder = S_ISDIR(status.st_mode);
    if (folder) strcat(name, "/");
    zip_fileinfo info = {{0, 0, 12, 14, 2, 2026}, 0, 0, (uLong)status.st_mode << 16};
    /* Version made by 3.0 on Unix; bit 11: names are UTF-8. */
    check(zipOpenNewFileInZip4_64(zip, name, &info, NULL, 0, NULL, 0, NULL,
                                  folder ? 0 : mode->method, 9, 0, -MAX_WBITS, DEF_MEM_LEVEL,
                                  Z_DEFAULT_STRATEGY, NULL, 0, 3 << 8 | 30, 1 << 11,
                                  mode->zip64) == ZIP_OK);
    if (!folder) {
      FILE* file = fopen(path, "rb");
      check(file != NULL);
      size_t size = fread(data, 1, sizeof data, file);
      check(zipWriteInFileInZip(zip, data, (unsigned)size) == ZIP_OK);
      fclose(file);
    }
    check(zipCloseFileInZip(zip) == ZIP_OK);
    if (folder) walk(zip, mode, root, name);
    free(found[at]);
  }
  free(found);
}

int main(int count, char** arguments) {
  check(count == 4);
  for (size_t at = 0; at < sizeof modes / sizeof *modes; at++) {
    char target[4096];
    snprintf(target, sizeof target, "%s/%s", arguments[2], modes[at].file);
    zipFile zip = zipOpen64(target, APPEND_STATUS_CREATE);
    check(zip != NULL);
    walk(zip, &modes[at], arguments[1], "");
    check(zipClose(zip, at ? "a comment" : NULL) == ZIP_OK);
    printf("%s\tminizip\t%s\t%s\twhole\n", modes[at].file, arguments[3], modes[at].name);
  }
  return 0;
}
