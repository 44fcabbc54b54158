package io.github.smimezip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;

/**
 * Opens messages with keys in a PKCS #11 token: a configuration, the PIN, then aliases and
 * messages.
 */
public final class TokenKeys {
    private TokenKeys() {}

    public static void main(String[] arguments) throws Exception {
        Provider provider = Security.getProvider("SunPKCS11").configure(arguments[0]);
        Security.addProvider(provider);
        KeyStore store = KeyStore.getInstance("PKCS11", provider);
        store.load(null, arguments[1].toCharArray());
        for (int at = 2; at < arguments.length; at += 2) {
            if (store.getKey(arguments[at], null).getEncoded() != null) {
                throw new IOException("the key can leave the token");
            }
            Path message = Path.of(arguments[at + 1]);
            try (Keyring keys = new Keyring().addKeyStore(store, arguments[at], null);
                 InputStream in = EncryptedMessage.decrypt(message, keys);
                 InputStream forward =
                     EncryptedMessage.decrypt(Files.newInputStream(message), keys)) {
                System.out.println(in.readAllBytes().length + " " + forward.readAllBytes().length);
            }
        }
    }
}
