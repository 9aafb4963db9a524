import javax.jms.JMSException;
import javax.jms.JMSSecurityException;
import javax.jms.MessageConsumer;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.TextMessage;
import javax.jms.Connection;
import org.apache.activemq.ActiveMQSslConnectionFactory;

/**
 * Sends a text to a queue over OpenWire and prints what it receives from there. Arguments: URL TRUST-STORE QUEUE TEXT
 * TIMEOUT-MS; user and password are in the environment. Exit status 3: the login is refused; 4: anything else failed.
 */
public class OpenWire {
    static final int REFUSED = 3, UNREACHABLE = 4;

    public static void main(String[] arguments) throws Exception {
        // ActiveMQ's client verifies the certificate; the host name only if it is told to.
        ActiveMQSslConnectionFactory factory = new ActiveMQSslConnectionFactory(arguments[0] + "?socket.verifyHostName=true");
        factory.setUserName(System.getenv("BROKER_USER"));
        factory.setPassword(System.getenv("BROKER_PASSWORD"));
        factory.setTrustStore("file:" + arguments[1]);
        factory.setTrustStoreType("JKS");
        factory.setTrustStorePassword("changeit");
        long limit = Long.parseLong(arguments[4]);
        Connection connection = null;
        int status = 0;
        try {
            connection = factory.createConnection();
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue(arguments[2]);
            session.createProducer(queue).send(session.createTextMessage(arguments[3]));
            MessageConsumer consumer = session.createConsumer(queue);
            TextMessage message = (TextMessage) consumer.receive(limit);
            System.out.println(message == null ? "" : message.getText());
        } catch (JMSSecurityException error) {
            System.err.println(error);
            status = REFUSED;
        } catch (JMSException error) {
            System.err.println(error);
            status = UNREACHABLE;
        }
        if (connection != null)
            connection.close();
        System.exit(status); // threads of the client may still run
    }
}
