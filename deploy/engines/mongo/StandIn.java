import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import de.bwaldvogel.mongo.wire.message.MessageHeader;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A MongoDB server in memory for tests, mended in three places: it announces a
 * wire version that drivers of today accept; it answers with copies, since its
 * replies are live documents which a later write would change while they are
 * being sent; and it writes every change to a file before it acknowledges it,
 * so that a server started again after kill -9 has all that was acknowledged.
 * Beyond that it finds by id what it would look for in a whole collection.
 *
 * <p>Arguments: port, file of changes.
 */
public final class StandIn extends MemoryBackend {
    private static final Set<String> CHANGES = Set.of(
            "insert", "update", "delete", "findandmodify", "create", "createindexes",
            "drop", "dropdatabase", "dropindexes", "deleteindexes", "renamecollection");

    private final FileChannel changes;

    private StandIn(Path file) throws IOException {
        version(new MongoVersion() {
            @Override
            public List<Integer> getVersionArray() {
                return List.of(6, 0, 0);
            }

            @Override
            public int getWireVersion() {
                return 17;
            }
        });
        changes = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        repeat(file);
    }

    @Override
    public MemoryDatabase openOrCreateDatabase(String name) {
        CursorRegistry cursors = getCursorRegistry();
        return new MemoryDatabase(name, cursors) {
            @Override
            protected MemoryCollection openOrCreateCollection(String collection, CollectionOptions options) {
                return new Collection(this, collection, options, cursors);
            }
        };
    }

    /** A collection that finds a document by its id also where the query asks for more: a compare-and-set otherwise reads them all. */
    private static final class Collection extends MemoryCollection {
        Collection(MongoDatabase database, String name, CollectionOptions options, CursorRegistry cursors) {
            super(database, name, options, cursors);
        }

        @Override
        protected QueryResult queryDocuments(Document query, Document order, int skip, int limit, int batch, Document fields) {
            if (query.size() > 1 && query.get("_id") instanceof String id) {
                Document byId = new Document("_id", id);
                for (Index<Integer> index : getIndexes()) {
                    if (index.canHandle(byId)) {
                        List<Document> found = new ArrayList<>();
                        index.getPositions(byId).forEach(position -> found.add(getDocument(position)));
                        return matchDocumentsFromStream(found.stream(), query, order, skip, limit, batch, fields);
                    }
                }
            }
            return super.queryDocuments(query, order, skip, limit, batch, fields);
        }
    }

    @Override
    public synchronized Document handleMessage(MongoMessage message) {
        Document command = message.getDocument();
        if (CHANGES.contains(command.keySet().iterator().next().toLowerCase(Locale.ROOT))) {
            write(command);
        }
        return super.handleMessage(message).cloneDeeply();
    }

    private void write(Document command) {
        ByteBuf text = Unpooled.buffer();
        BsonEncoder.encodeDocument(command, text);
        ByteBuffer bytes = text.nioBuffer();
        try {
            while (bytes.hasRemaining()) {
                changes.write(bytes);
            }
        } catch (IOException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1); // what is not written must not be acknowledged
        }
    }

    /** Does again what the file says. A change that was half written was not acknowledged: it is cut off. */
    private void repeat(Path file) throws IOException {
        EmbeddedChannel nobody = new EmbeddedChannel();
        long whole = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            while (true) {
                byte[] length = in.readNBytes(4);
                if (length.length < 4) {
                    break;
                }
                int size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
                byte[] rest = in.readNBytes(size - 4);
                if (rest.length < size - 4) {
                    break;
                }
                Document command = BsonDecoder.decodeBson(Unpooled.wrappedBuffer(length, rest));
                try {
                    super.handleMessage(new MongoMessage(nobody, new MessageHeader(0, 0), command));
                } catch (RuntimeException e) {
                    // It was refused then as it is now.
                }
                whole += size;
            }
        }
        changes.truncate(whole);
        changes.position(whole);
    }

    public static void main(String[] arguments) throws Exception {
        MongoServer server = new MongoServer(new StandIn(Path.of(arguments[1])));
        server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        Thread.currentThread().join();
    }
}
