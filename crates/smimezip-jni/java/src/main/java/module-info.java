/** Opens S/MIME encrypted, split zip exports, and enveloped-data messages of any size. */
module io.github.smimezip {
    exports io.github.smimezip;
}
