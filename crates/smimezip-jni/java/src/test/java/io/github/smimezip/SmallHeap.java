package io.github.smimezip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a message both ways and prints its bytes and the highest resident memory: run with a small
 * heap.
 */
public final class SmallHeap {
    private SmallHeap() {}

    public static void main(String[] arguments) throws IOException {
        Path message = Path.of(arguments[0]);
        try (Keyring keys = new Keyring().addFile(Path.of(arguments[1]))) {
            System.out.println(count(EncryptedMessage.decrypt(message, keys)));
            System.out.println(
                count(EncryptedMessage.decrypt(Files.newInputStream(message), keys)));
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                System.out.println(line.replaceAll("[^0-9]", ""));
            }
        }
    }

    private static long count(InputStream from) throws IOException {
        try (InputStream in = from) {
            byte[] buffer = new byte[65536];
            long count = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count += read;
            }
            return count;
        }
    }
}
