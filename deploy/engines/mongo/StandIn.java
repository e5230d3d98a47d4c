import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;

/**
 * A MongoDB server in memory for tests, mended in two places: it announces a
 * wire version that drivers of today accept, and it answers with copies, since
 * its replies are live documents which a later write would change while they
 * are being sent.
 */
public final class StandIn {
    public static void main(String[] arguments) throws Exception {
        MemoryBackend backend = new MemoryBackend() {
            @Override
            public synchronized Document handleMessage(MongoMessage message) {
                return super.handleMessage(message).cloneDeeply();
            }
        };
        backend.version(new MongoVersion() {
            @Override
            public List<Integer> getVersionArray() {
                return List.of(6, 0, 0);
            }

            @Override
            public int getWireVersion() {
                return 17;
            }
        });
        MongoServer server = new MongoServer(backend);
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
        server.bind("127.0.0.1", port);
        System.out.println("READY " + server.getConnectionString());
        System.out.flush();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        // A test that is killed cannot end its server: with --until-eof the server
        // ends when the pipe to its standard input closes.
        if (arguments.length > 1 && arguments[1].equals("--until-eof")) {
            while (System.in.read() >= 0) {
                // nothing is expected
            }
            System.exit(0);
        }
        Thread.currentThread().join();
    }
}
